#include "sanerf/scene/colmap_workspace.h"

#include <algorithm>
#include <optional>
#include <tuple>

#include "sanerf/core/input_file.h"
#include "sanerf/scene/listing.h"

namespace sanerf::scene {
namespace fs = std::filesystem;
namespace {

bool HasBoth(const fs::path& folder, const std::string& extension) {
  return ExistsAsFile(folder / ("cameras" + extension)) && ExistsAsFile(folder / ("images" + extension));
}

std::optional<int> NumberOf(const fs::path& folder) {
  const std::string name = folder.filename().string();
  if (name.empty() || name.size() > 4 || name.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
  return std::stoi(name);
}

// By number, then those with other names.
std::vector<fs::path> FoldersInside(const fs::path& folder) {
  std::vector<fs::path> inside;
  std::error_code ec;
  for (const auto& entry : fs::directory_iterator(folder, ec)) {
    if (entry.is_directory(ec)) inside.push_back(entry.path());
  }
  const auto key = [](const fs::path& path) { return std::tuple(NumberOf(path).value_or(10'000), path); };
  std::sort(inside.begin(), inside.end(), [&](const fs::path& a, const fs::path& b) { return key(a) < key(b); });
  return inside;
}

class ModelSearch {
 public:
  // The models in `folder`, then it itself.
  void Add(const fs::path& folder, const std::vector<fs::path>& photo_folders) {
    for (const fs::path& model : FoldersInside(folder))
      AddModel({model, NumberOf(model).value_or(0), folder, photo_folders});
    AddModel({folder, 0, folder.parent_path(), photo_folders});
  }
  // COLMAP's image_undistorter leaves a model and the photos that belong to it.
  void AddUndistorted(const fs::path& folder) {
    for (const fs::path& copy : FoldersInside(folder))
      AddModel({copy / "sparse", NumberOf(copy).value_or(0), folder, ImageFolders(copy)});
    Add(folder / "sparse", ImageFolders(folder));
  }
  std::vector<ColmapPlace> places() { return std::move(places_); }

 private:
  void AddModel(ColmapPlace place) {
    if (IsColmapModel(place.model)) places_.push_back(std::move(place));
  }

  std::vector<ColmapPlace> places_;
};

void Append(std::vector<fs::path>& paths, const std::vector<fs::path>& more) {
  paths.insert(paths.end(), more.begin(), more.end());
}

}  // namespace

bool IsBinaryColmapModel(const fs::path& folder) { return HasBoth(folder, ".bin"); }

bool IsColmapModel(const fs::path& folder) { return IsBinaryColmapModel(folder) || HasBoth(folder, ".txt"); }

std::vector<ColmapPlace> FindColmapModels(const fs::path& root) {
  std::error_code ec;
  std::vector<fs::path> beside = ImageFolders(root);
  if (beside.empty()) beside.push_back(root / "images");  // where they are missed first
  beside.push_back(root);
  // Next to a folder "distorted", "input" holds the photos before their distortion was taken out.
  const bool is_converted = fs::is_directory(root / "distorted", ec);
  if (!is_converted) beside.push_back(root / "input");
  std::vector<fs::path> of_colmap = beside;
  Append(of_colmap, ImageFolders(root / "colmap"));
  std::vector<fs::path> distorted = {root / "input", root / "distorted" / "input"};
  Append(distorted, ImageFolders(root / "distorted"));

  ModelSearch search;
  search.Add(root / "sparse", beside);
  search.Add(root / "colmap" / "sparse", of_colmap);
  search.Add(root / "colmap_sparse", beside);
  for (const char* folder : {"dense", "undistorted", "colmap/dense", "colmap/undistorted"})
    search.AddUndistorted(root / folder);
  search.Add(root / "distorted" / "sparse", distorted);
  return search.places();
}

}  // namespace sanerf::scene
