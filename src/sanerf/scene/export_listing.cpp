#include "sanerf/scene/export_listing.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "sanerf/core/error.h"
#include "sanerf/core/input_file.h"
#include "sanerf/core/phrases.h"

namespace sanerf::scene {
namespace fs = std::filesystem;

void SetLens(const ListedLens& lens, Camera* camera) {
  const LensTerms terms = {lens.k1, lens.k2, lens.k3, lens.k4, lens.k5, lens.k6, lens.p1, lens.p2};
  camera->lens = Lens(lens.is_fisheye ? LensModel::kFisheye : LensModel::kPerspective, terms);
}

double NumberIn(const JsonCursor& value) {
  if (!value.json().is_string()) return value.Number();
  const std::string text = value.String();
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(number))
    value.Fail(fmt::format("expected a number, found \"{}\"", text));
  return number;
}

std::vector<double> NumbersIn(const JsonCursor& list, size_t count) {
  if (list.size() != count) list.Fail(fmt::format("expected {} numbers, found {}", count, list.size()));
  std::vector<double> numbers;
  for (size_t i = 0; i < count; ++i) numbers.push_back(NumberIn(list[i]));
  return numbers;
}

Vec3 VectorIn(const JsonCursor& list) {
  const std::vector<double> numbers = NumbersIn(list, 3);
  return {numbers[0], numbers[1], numbers[2]};
}

ExportListing::ExportListing(const fs::path& root, const fs::path& file, const Job& job) : job_(job) {
  listing_.root = root;
  folders_ = ImageFolders(root);
  folders_.push_back(root);
  for (const char* name : {"photos", "input"}) folders_.push_back(root / name);
  if (file.parent_path() != root) {
    folders_.push_back(file.parent_path());
    for (const fs::path& folder : ImageFolders(file.parent_path())) folders_.push_back(folder);
  }
}

std::optional<fs::path> ExportListing::Find(const std::string& listed) {
  std::string name = PlainName(listed);
  if (!name.empty() && name[0] == '/' && name.find('\0') == std::string::npos && ExistsAsFile(name)) return name;
  // Of a path on another machine PhotoFinder would take the longest end in the first folder that has any.
  if (name.size() > 2 && name[1] == ':' && name[2] == '/') name.erase(0, 2);
  name.erase(0, name.find_first_not_of('/'));
  while (!name.empty()) {
    for (const fs::path& folder : folders_)
      if (auto photo = finder_.Find(folder, name)) return photo;
    const size_t slash = name.find('/');
    if (slash == std::string::npos) break;
    name.erase(0, slash + 1);
  }
  listing_.missing.push_back(listed);
  return std::nullopt;
}

const ImageInfo& ExportListing::Info(const fs::path& photo) {
  const auto known = infos_.find(photo);
  if (known != infos_.end()) return known->second;
  job_.ThrowIfStopped("reading the photos' sizes");
  return infos_.emplace(photo, ReadImageInfo(photo)).first->second;
}

void ExportListing::Add(const fs::path& photo, const Camera& camera, const std::string& where) {
  const ImageInfo& info = Info(photo);
  Camera sized = camera;
  if (sized.width == 0 && sized.height == 0) sized.width = info.width, sized.height = info.height;
  if (!(sized.fx > 0 && sized.fy > 0 && std::isfinite(sized.fx) && std::isfinite(sized.fy)))
    throw Error(where, fmt::format("the focal length {:.6g}, {:.6g} is not positive", sized.fx, sized.fy),
                "export the cameras again");
  if (sized.width < 1 || sized.height < 1 || sized.width > 1'000'000 || sized.height > 1'000'000)
    throw Error(where, fmt::format("{}x{} is not a size of a photo", sized.width, sized.height),
                "export the cameras again");
  ListedView listed;
  listed.image = info;
  listed.view.name = NameInScene(listing_.root, photo);
  listed.view.image_path = photo;
  listed.view.camera = FitToImage(sized, info, fmt::format("{} ({})", where, listed.view.name));
  listing_.views.push_back(std::move(listed));
}

SceneListing ExportListing::Finish(const std::string& tool) {
  if (listing_.views.empty() && listing_.missing.empty() && !without_pose_.empty()) {
    throw Error(
        fmt::format("{} has no pose for any photo", listing_.source),
        fmt::format("it lists {} that {} could not align", Counted(int64_t(without_pose_.size()), "photo"), tool),
        "align the photos, and export the cameras again");
  }
  if (!without_pose_.empty()) {
    listing_.warnings.push_back(fmt::format("{} left out, because {} has no pose for {}: {}",
                                            Counted(int64_t(without_pose_.size()), "photo is", "photos are"), tool,
                                            IsAre(int64_t(without_pose_.size()), "it", "them"),
                                            ListOfNames(without_pose_)));
  }
  return std::move(listing_);
}

}  // namespace sanerf::scene
