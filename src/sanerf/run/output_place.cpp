#include "sanerf/run/output_place.h"

#include <fmt/format.h>

#include <optional>
#include <set>

#include "sanerf/core/error.h"
#include "sanerf/scene/listing.h"

namespace fs = std::filesystem;

namespace sanerf::run {
namespace {

// An empty path is the current folder.
fs::path AbsoluteOf(const fs::path& path) { return path.empty() ? fs::current_path() : fs::absolute(path); }

// What a run keeps for itself; other names in it are free.
const std::vector<std::string> kPartsOfRun = {"nerf",    "features",     "features_test", "features_extra",
                                              "objects", ".objects.new", ".objects.old"};

// The photos' or masks' folder that `path` is or lies in.
std::optional<fs::path> PhotoFolderAround(const fs::path& path, const scene::Scene& scene) {
  std::set<fs::path> folders;
  for (const scene::View& view : scene.views) {
    folders.insert(view.image_path.parent_path());
    if (!view.mask_path.empty()) folders.insert(view.mask_path.parent_path());
  }
  for (const fs::path& folder : folders)
    if (IsInside(path, folder)) return folder;
  return std::nullopt;
}

// By the files that make a folder a scene, readable or not.
bool LooksLikeScene(const fs::directory_entry& entry) {
  const std::string name = entry.path().filename().string();
  return scene::HasImageExtension(entry.path()) ||
         (name.rfind("transforms", 0) == 0 && entry.path().extension() == ".json") || name == "poses_bounds.npy" ||
         (entry.is_directory() && (name == "sparse" || name.rfind("images", 0) == 0));
}

std::string NoRunIn(const fs::path& run) { return "cannot make a run in " + run.string(); }

[[noreturn]] void Refuse(const std::string& what, const std::string& why) {
  throw UsageError(what, why, "choose a folder of its own");
}

}  // namespace

bool IsInside(const fs::path& path, const fs::path& folder) {
  std::error_code missing;
  fs::path place = fs::weakly_canonical(AbsoluteOf(path));
  for (;;) {
    if (fs::equivalent(place, folder, missing)) return true;
    if (place == place.parent_path()) return false;
    place = place.parent_path();
  }
}

bool IsSamePlace(const fs::path& a, const fs::path& b) {
  std::error_code missing;
  if (fs::equivalent(a, b, missing)) return true;
  const auto plain = [](const fs::path& path) {
    const fs::path place = fs::weakly_canonical(AbsoluteOf(path)).lexically_normal();
    return place.has_filename() ? place : place.parent_path();
  };
  return plain(a) == plain(b);
}

void CheckPlaceOfNewRun(const fs::path& run, const scene::Scene& scene) {
  if (RunFolder::Exists(run)) return;
  if (const auto photos = PhotoFolderAround(run, scene); photos && !IsSamePlace(run, scene.root))
    Refuse(NoRunIn(run), fmt::format("it lies among the scene's photos or masks, in {}", photos->string()));
  CheckPlaceOfNewRun(run, scene.root);
}

void CheckPlaceOfNewRun(const fs::path& run, const fs::path& scene_root) {
  if (RunFolder::Exists(run)) return;
  const std::string what = NoRunIn(run);
  if (IsSamePlace(run, scene_root)) Refuse(what, "it is the scene's own folder, and the run would mix with its files");
  if (!fs::is_directory(run)) return;
  if (!RunFolder::PartsIn(run).empty()) RunFolder::Open(run);  // says that run.json is gone
  const bool is_around = IsInside(scene_root, run);
  for (const fs::directory_entry& entry : fs::directory_iterator(run)) {
    if (IsInside(scene_root, entry.path())) continue;
    const std::string name = entry.path().filename().string();
    if (LooksLikeScene(entry)) Refuse(what, fmt::format("with {} it looks like the folder of a scene", name));
    if (is_around && entry.is_directory() && name != "nerf")
      Refuse(what, fmt::format("beside the scene it holds other folders, {} for one", name));
  }
}

void CheckPlaceOfResults(const std::string& flag, const fs::path& out, const std::vector<std::string>& folders,
                         const RunFolder& run, const scene::Scene& scene) {
  const std::string what = fmt::format("{} {}", flag, out.string());
  if (IsSamePlace(out, run.path())) Refuse(what, "it is the run's own folder");
  for (const std::string& part : kPartsOfRun)
    if (IsInside(out, run.path() / part)) Refuse(what, fmt::format("it lies in what the run keeps in {}/", part));
  CheckPlaceOfResults(flag, out, folders, scene);
}

void CheckPlaceOfResults(const std::string& flag, const fs::path& out, const std::vector<std::string>& folders,
                         const scene::Scene& scene) {
  const std::string what = fmt::format("{} {}", flag, out.string());
  if (IsSamePlace(out, scene.root)) Refuse(what, "it is the scene's own folder");
  std::vector<fs::path> places = {out};
  for (const std::string& folder : folders) places.push_back(out / folder);
  for (const fs::path& place : places)
    if (const auto photos = PhotoFolderAround(place, scene))
      Refuse(what, fmt::format("the scene has photos or masks in {}", photos->string()));
}

void CheckPlaceOfSynthScene(const fs::path& folder) {
  if (!fs::is_directory(folder)) return;
  if (IsInside(fs::current_path(), folder))
    throw Error("cannot write a scene to " + folder.string(), "the folder would be replaced, and it is the current one",
                "name a folder in it, or go elsewhere first");
  std::vector<fs::path> places = {folder};
  for (const fs::directory_entry& entry : fs::directory_iterator(folder))
    if (entry.is_directory()) places.push_back(entry.path());
  for (const fs::path& place : places) {
    if (RunFolder::Exists(place))
      throw Error("cannot write a scene to " + folder.string(),
                  "the folder would be replaced, and with it the run in " + place.string(),
                  "choose a new folder, or move the run away");
  }
}

}  // namespace sanerf::run
