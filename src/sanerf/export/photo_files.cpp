#include "sanerf/export/photo_files.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <numeric>
#include <set>
#include <utility>

#include "sanerf/core/error.h"
#include "sanerf/core/image_io.h"
#include "sanerf/core/orientation.h"
#include "sanerf/scene/mask_files.h"

namespace fs = std::filesystem;

namespace sanerf::exports {
namespace {

// What a name from the scene may lead to below a folder.
std::vector<std::string> PartsOfName(const std::string& name) {
  std::vector<std::string> parts;
  for (const fs::path& part : fs::path(name).lexically_normal().relative_path())
    if (part != ".." && part != "." && !part.empty()) parts.push_back(part.string());
  return parts;
}

bool AllShareTheFirst(const std::vector<std::vector<std::string>>& names) {
  return std::all_of(names.begin(), names.end(),
                     [&](const auto& parts) { return parts.size() > 1 && parts[0] == names[0][0]; });
}

std::string PathOfParts(const std::vector<std::string>& parts) {
  fs::path path;
  for (const std::string& part : parts) path /= part;
  return path.generic_string();
}

bool AreDifferent(const std::vector<std::string>& names) {
  return std::set<std::string>(names.begin(), names.end()).size() == names.size();
}

}  // namespace

std::vector<int> ViewsFor(const PhotoOptions& options, const scene::Scene& scene) {
  if (options.views == "train") return scene.TrainViews();
  if (options.views == "test") {
    std::vector<int> test = scene.TestViews();
    if (test.empty()) throw UsageError("the scene has no test views", "", "use --views train or --views all");
    return test;
  }
  std::vector<int> all(scene.views.size());
  std::iota(all.begin(), all.end(), 0);
  return all;
}

std::vector<std::string> PhotoNames(const scene::Scene& scene, const std::vector<int>& views) {
  std::vector<std::vector<std::string>> parts;
  for (const int v : views) parts.push_back(PartsOfName(scene.views[size_t(v)].name));
  while (!parts.empty() && AllShareTheFirst(parts))
    for (auto& of_name : parts) of_name.erase(of_name.begin());
  std::vector<std::string> names;
  for (const auto& of_name : parts) names.push_back(PathOfParts(of_name));
  if (AreDifferent(names)) return names;
  for (size_t i = 0; i < names.size(); ++i)  // names that lead out of the scene met here
    names[i] = scene::FlatName(scene.views[size_t(views[i])].name) + "_" + std::to_string(views[i]) +
               fs::path(names[i]).extension().string();
  return names;
}

std::vector<std::string> PictureNames(const std::vector<std::string>& photo_names, const std::string& extension) {
  std::map<std::string, int> count;
  const auto stem = [](const std::string& name) { return fs::path(name).replace_extension("").generic_string(); };
  for (const std::string& name : photo_names) ++count[stem(name)];
  std::vector<std::string> names;
  for (const std::string& name : photo_names) names.push_back((count[stem(name)] == 1 ? stem(name) : name) + extension);
  return names;
}

int OrientationInFile(const scene::View& view) { return ReadImageInfo(view.image_path).orientation; }

ImageU8 LaidAs(Lying lying, ImageU8 upright, const scene::View& view, int* orientation) {
  *orientation = 1;
  if (lying == Lying::kUpright) return upright;
  *orientation = OrientationInFile(view);
  return AsStored(std::move(upright), view.orientation);
}

}  // namespace sanerf::exports
