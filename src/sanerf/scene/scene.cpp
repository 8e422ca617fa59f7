#include "sanerf/scene/scene.h"

#include <fmt/format.h>

#include <algorithm>

#include "sanerf/core/error.h"
#include "sanerf/core/options.h"
#include "sanerf/core/phrases.h"
#include "sanerf/core/suggestions.h"
#include "sanerf/scene/photo_pixels.h"

namespace sanerf::scene {
namespace fs = std::filesystem;
namespace {

std::vector<int> ViewsWhere(const std::vector<View>& views, bool is_test) {
  std::vector<int> indices;
  for (size_t i = 0; i < views.size(); ++i) {
    if (views[i].is_test == is_test) indices.push_back(int(i));
  }
  return indices;
}

std::string WithoutExtension(const std::string& name) { return fs::path(name).replace_extension("").generic_string(); }

// `name` is `query`, or ends with it at a folder boundary.
bool EndsWithPath(const std::string& name, const std::string& query) {
  if (name.size() < query.size() || name.compare(name.size() - query.size(), query.size(), query) != 0) return false;
  return name.size() == query.size() || name[name.size() - query.size() - 1] == '/';
}

// Names as a user would write them: no longer than needed to be unique.
std::vector<std::string> ShortNames(const std::vector<View>& views, bool with_folder) {
  std::vector<std::string> names;
  for (const View& view : views) {
    const std::string name = WithoutExtension(view.name);
    names.push_back(with_folder ? name : fs::path(name).filename().string());
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

std::string CheckedSize(const View& view, int width, int height) {
  if (width == view.camera.width && height == view.camera.height) return "";
  return fmt::format("it is {}x{} but its camera is {}x{}", width, height, view.camera.width, view.camera.height);
}

}  // namespace

std::vector<int> Scene::TrainViews() const { return ViewsWhere(views, false); }
std::vector<int> Scene::TestViews() const { return ViewsWhere(views, true); }

int Scene::FindView(const std::string& name) const {
  const std::string query = fs::path(name).lexically_normal().generic_string();
  std::vector<int> found;
  for (size_t i = 0; i < views.size(); ++i) {
    const std::string stem = WithoutExtension(views[i].name);
    if (views[i].name == query) return int(i);
    if (EndsWithPath(views[i].name, query) || EndsWithPath(stem, query)) found.push_back(int(i));
  }
  // A whole path without its extension beats a longer path that ends with it.
  const auto whole =
      std::find_if(found.begin(), found.end(), [&](int i) { return WithoutExtension(views[i].name) == query; });
  if (found.size() == 1) return found[0];
  if (whole != found.end() &&
      std::count_if(found.begin(), found.end(), [&](int i) { return WithoutExtension(views[i].name) == query; }) == 1) {
    return *whole;
  }
  if (found.size() > 1) {
    std::vector<std::string> candidates;
    for (const int i : found) candidates.push_back(views[i].name);
    if (candidates.size() > 6) candidates.resize(6);
    throw UsageError(fmt::format("view '{}' is ambiguous", name),
                     fmt::format("it fits {}", fmt::join(candidates, ", ")),
                     "give as much of the folder as makes it unique");
  }
  if (!query.empty() && query.size() <= 9 && query.find_first_not_of("0123456789") == std::string::npos) {
    const int index = std::stoi(query);
    if (index < int(views.size())) return index;
    throw UsageError(fmt::format("unknown view '{}'", name),
                     fmt::format("no image has that name, and indices end at {}", int(views.size()) - 1));
  }
  const std::string stem = WithoutExtension(query);  // "IMG_12.JPG" of a scene of PNG files
  std::string suggestion = DidYouMean(stem, ShortNames(views, query.find('/') != std::string::npos));
  if (suggestion.empty()) suggestion = DidYouMean(stem, ShortNames(views, /*with_folder=*/true));
  const std::vector<int> train = TrainViews();  // others take no prompts
  const View& example = views[train.empty() ? 0 : size_t(train[0])];
  throw UsageError(
      fmt::format("unknown view '{}'", name),
      fmt::format("none of the {} has that name", Counted(int64_t(views.size()), "image")),
      suggestion.empty() ? fmt::format("names look like '{}'", WithoutExtension(example.name)) : suggestion);
}

ImageF LoadViewImage(const View& view, int width, int height) {
  const ImageU8 stored = ReadPhoto(view.image_path, view.orientation, view.exposure);
  if (const std::string why = CheckedSize(view, stored.width, stored.height); !why.empty()) {
    throw Error(view.image_path.string(), why, "the file changed after the scene was loaded: load the scene again");
  }
  ImageF image = ResizedInColor(InColor(stored, view.ignores_alpha), width > 0 ? width : stored.width,
                                height > 0 ? height : stored.height);
  return WithoutUnseen(std::move(image), view.camera);
}

}  // namespace sanerf::scene
