// From a path to a Scene: detection, then what all formats share.
#include "sanerf/scene/load_scene.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "sanerf/core/error.h"
#include "sanerf/core/input_file.h"
#include "sanerf/core/job.h"
#include "sanerf/core/options.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/phrases.h"
#include "sanerf/core/shell_quoted.h"
#include "sanerf/scene/alpha_meaning.h"
#include "sanerf/scene/check_scene.h"
#include "sanerf/scene/colmap_loader.h"
#include "sanerf/scene/colmap_workspace.h"
#include "sanerf/scene/linear_light.h"
#include "sanerf/scene/listing.h"
#include "sanerf/scene/llff_loader.h"
#include "sanerf/scene/mask_meaning.h"
#include "sanerf/scene/messy_rooms_loader.h"
#include "sanerf/scene/model_frame.h"
#include "sanerf/scene/panoptic_lifting_loader.h"
#include "sanerf/scene/split.h"
#include "sanerf/scene/tool_exports.h"
#include "sanerf/scene/transforms_loader.h"
#include "sanerf/scene/upright.h"

namespace sanerf::scene {
namespace fs = std::filesystem;
namespace {

const std::string kLookedFor =
    std::string(
        "looked for transforms.json, transforms_train.json, poses_bounds.npy, sparse/0/{cameras,images}.{bin,txt}, "
        "pose with intrinsic/intrinsic_color.txt, metadata.json with color, ") +
    kToolFiles;
constexpr int kNamedMissing = 24;  // images that the warning names

// Than COLMAP's.
bool HoldsAnotherFormat(const fs::path& folder) {
  return ExistsAsFile(folder / "transforms.json") || ExistsAsFile(folder / "transforms_train.json") ||
         ExistsAsFile(folder / "train" / "transforms.json") || ExistsAsFile(folder / "poses_bounds.npy") ||
         IsPanopticLifting(folder) || IsMessyRooms(folder) || HoldsToolExport(folder);
}

// HoldsScene, and of a COLMAP model there are photos.
bool HoldsSceneWithPhotos(const fs::path& folder) {
  if (!HoldsScene(folder)) return false;
  return HoldsAnotherFormat(folder) || HasColmapPhotos(folder);
}

using IsScene = bool (*)(const fs::path&);

std::vector<std::string> ScenesIn(const fs::path& folder, IsScene is_scene) {
  std::error_code ec;
  std::vector<std::string> scenes;
  for (const auto& entry : fs::directory_iterator(folder, ec)) {
    if (entry.is_directory(ec) && is_scene(entry.path())) scenes.push_back(entry.path().string());
  }
  std::sort(scenes.begin(), scenes.end());
  if (scenes.size() > 4) scenes.resize(4);
  return scenes;
}

// The usual slip is one level too high, or some too low: the photos, or the model (dense/0/sparse). Empty when there
// is no scene around.
std::string AboveOrBelow(const fs::path& path, IsScene is_scene) {
  if (const auto below = ScenesIn(path, is_scene); !below.empty())
    return fmt::format("found one level down: {}", fmt::join(below, ", "));
  fs::path above = path.parent_path();
  for (const char* how_far : {"one level", "two levels", "three levels"}) {
    if (is_scene(above)) return fmt::format("found {} up: {}", how_far, above.string());
    above = above.parent_path();
  }
  return "";
}

std::string AboveOrBelow(const fs::path& path) {
  const std::string with_photos = AboveOrBelow(path, HoldsSceneWithPhotos);
  return with_photos.empty() ? AboveOrBelow(path, HoldsScene) : with_photos;
}

// The same, or another name.
std::string NearbyHint(const fs::path& path) {
  if (const std::string near = AboveOrBelow(path); !near.empty()) return near;
  if (const auto beside = ScenesIn(path.parent_path(), HoldsScene); !beside.empty())
    return fmt::format("found beside it: {}", fmt::join(beside, ", "));
  return "point to the folder of photos with their poses (transforms.json, COLMAP's sparse/, ...); COLMAP finds poses";
}

// Photos as a camera leaves them, in the folder or in its images/.
void FailIfPhotosWithoutPoses(const fs::path& path) {
  if (!AboveOrBelow(path).empty()) return;
  std::vector<fs::path> folders = ImageFolders(path);
  folders.insert(folders.begin(), path);
  folders.push_back(path / "input");
  for (const fs::path& folder : folders) {
    const std::vector<fs::path> photos = ImagesIn(folder);
    if (photos.empty()) continue;
    const bool is_inside = folder != path;
    throw Error(fmt::format("no scene found in {}", path.string()),
                fmt::format("{} holds {} without poses",
                            is_inside ? (folder.filename() / "").string() + " in it" : std::string("it"),
                            Counted(int64_t(photos.size()), "photo")),
                fmt::format("COLMAP (Debian, Ubuntu: apt-get install colmap) finds the poses: colmap "
                            "automatic_reconstructor --use_gpu 0 --dense 0 --workspace_path {} --image_path {}",
                            ShellQuoted(path.string()), ShellQuoted(folder.string())));
  }
}

[[noreturn]] void FailNothingFound(const fs::path& path) {
  std::error_code ec;
  const std::string what = fmt::format("no scene found in {}", path.string());
  if (!fs::exists(path, ec)) throw Error(what, "the folder does not exist", NearbyHint(path));
  if (!fs::is_directory(path, ec))
    throw Error(what, "it is neither a folder nor a file that lists cameras (transforms*.json, .xml, .csv, .sfm)",
                NearbyHint(path));
  if (fs::is_empty(path, ec)) throw Error(what, fmt::format("the folder is empty; {}", kLookedFor), NearbyHint(path));
  FailIfPhotosWithoutPoses(path);
  throw Error(what, kLookedFor, NearbyHint(path));
}

SceneListing ReadListing(const fs::path& path, const SceneOptions& options, std::string& also_there, const Job& job) {
  if (ExistsAsFile(path))
    if (const auto file = AsToolExport(path)) return ReadToolExport(*file, job);
  if (ExistsAsFile(path) && path.extension() == ".json") return ReadTransforms(path.parent_path(), path, {}, job);
  // Their folders may hold the transforms.json that the poses were made from, which lists photos of another place.
  if (IsPanopticLifting(path)) return ReadPanopticLifting(path, job);
  if (ExistsAsFile(path / "transforms_train.json")) {
    fs::path test = path / "transforms_test.json";
    const fs::path val = path / "transforms_val.json";
    if (ExistsAsFile(test) && ExistsAsFile(val)) also_there = "transforms_val.json is not used";
    if (!ExistsAsFile(test)) test = ExistsAsFile(val) ? val : fs::path();
    return ReadTransforms(path, path / "transforms_train.json", test, job);
  }
  if (ExistsAsFile(path / "transforms.json")) return ReadTransforms(path, path / "transforms.json", {}, job);
  const fs::path inside = path / "train" / "transforms.json";  // 3D-FRONT
  if (ExistsAsFile(inside)) return ReadTransforms(path, inside, {}, job);
  const bool has_llff = ExistsAsFile(path / "poses_bounds.npy");
  if (!FindColmapModels(path).empty()) {
    // LLFF's own downloads carry a COLMAP model of photos that were renamed since: then the pose file decides.
    SceneListing listing = ReadColmap(path, options.model, job);
    if (!listing.views.empty() || !has_llff) return listing;
  }
  if (has_llff) return ReadLlff(path, job);
  if (IsMessyRooms(path)) return ReadMessyRooms(path, job);
  if (const auto of_tool = FindToolExport(path)) return ReadToolExport(*of_tool, job);
  FailNothingFound(path);
}

std::string MissingWarning(const SceneListing& listing) {
  const size_t count = listing.missing.size(), listed = count + listing.views.size() + listing.not_finite.size();
  return fmt::format("{} of {} {} missing and left out: {}", count, Counted(int64_t(listed), "listed image"),
                     IsAre(int64_t(count)), FirstFew(listing.missing, kNamedMissing));
}

std::string NotFiniteWarning(const SceneListing& listing) {
  const int64_t count = int64_t(listing.not_finite.size());
  return fmt::format("the {} of {} of {} {} values that are not finite numbers (NaN), and {} left out: {}",
                     count == 1 ? "camera" : "cameras", count, Counted(count + int64_t(listing.views.size()), "photo"),
                     IsAre(count, "has", "have"), IsAre(count, "it is", "they are"),
                     FirstFew(listing.not_finite, kNamedMissing));
}

void RequireImages(const SceneListing& listing) {
  if (!listing.views.empty()) return;
  if (!listing.not_finite.empty()) {
    throw Error(fmt::format("no image left in {}", listing.root.string()),
                fmt::format("the cameras of all {} that {} lists have values that are not finite numbers (NaN)",
                            Counted(int64_t(listing.not_finite.size()), "photo"), listing.source),
                "compute the poses again: what wrote these did not find them");
  }
  if (listing.missing.empty()) {
    throw Error(fmt::format("no images in {}", listing.root.string()), listing.source + " lists none");
  }
  const std::string near = AboveOrBelow(listing.root, HoldsSceneWithPhotos);
  throw Error(fmt::format("no image left in {}", listing.root.string()),
              fmt::format("none of the {} that {} lists exists; the first is {}",
                          Counted(int64_t(listing.missing.size()), "image"), listing.source, listing.missing[0]),
              near.empty() ? "put the photos where the file lists them, or correct the listed paths" : near);
}

std::string Summary(const Scene& scene, const SceneListing& listing, int test_every) {
  const Camera& first = scene.views[0].camera;
  bool one_size = true, masks = false, ignored = false, distorted = false;
  std::set<double> times;
  for (const View& view : scene.views) {
    one_size = one_size && view.camera.width == first.width && view.camera.height == first.height;
    masks = masks || !view.mask_path.empty();
    ignored = ignored || !view.ignored.empty();
    distorted = distorted || !view.camera.lens.IsStraight();
    if (view.time) times.insert(*view.time);
  }
  std::string text =
      fmt::format("{}, {}, {}", Counted(int64_t(scene.views.size()), "photo"),
                  one_size ? fmt::format("{}x{}", first.width, first.height) : "of several sizes", listing.source);
  if (scene.has_alpha) text += ", RGBA";
  if (masks) text += ", masks";
  if (ignored) text += ", masks of what to ignore";
  if (distorted) text += ", lens distortion";
  if (scene.is_dynamic) text += fmt::format(", {} moments in time", times.size());
  const size_t num_test = scene.TestViews().size();
  text += fmt::format("; {} to train, {} to test", scene.views.size() - num_test, num_test);
  if (num_test > 0)
    text += listing.has_split ? " (the scene's own split)" : fmt::format(" (every {})", Ordinal(test_every));
  return text;
}

}  // namespace

bool HoldsScene(const fs::path& folder) { return HoldsAnotherFormat(folder) || !FindColmapModels(folder).empty(); }

Scene LoadScene(const fs::path& path, const SceneOptions& options, const Job& job) {
  const ThreadLimit limit(job.num_threads());
  CheckOptions(options, "scene");
  Task task(job, "read the scene");
  std::error_code ec;
  fs::path absolute = fs::absolute(path, ec).lexically_normal();
  if (!absolute.has_filename()) absolute = absolute.parent_path();
  if (!fs::exists(absolute, ec)) FailNothingFound(absolute);
  std::string also_there;
  SceneListing listing = ReadListing(absolute, options, also_there, job);
  RequireImages(listing);
  if (options.model >= 0 && listing.format != "colmap") {
    listing.warnings.push_back(
        fmt::format("scene.model={} (--model) is not used: the scene is read from {}", options.model, listing.source));
  }
  TurnUpright(listing);
  DecideExposure(listing, job);
  const bool has_alpha = DecideAlpha(listing, job);
  CheckListing(listing);
  const std::optional<MasksAre> masks_are = DecideMasks(listing, options.masks_are, job);
  ChooseTestViews(listing, options.test_every, job);

  Scene scene;
  scene.root = listing.root;
  scene.format = listing.format;
  scene.masks_are = masks_are;
  scene.notes = std::move(listing.notes);
  scene.has_alpha = has_alpha;
  const ModelFrame frame = FitModelFrame(listing, scene.has_alpha, job);
  scene.model_from_file = frame.model_from_file;
  scene.extent = frame.extent;
  scene.near = frame.near;

  std::set<double> times;
  for (ListedView& listed : listing.views) {
    if (listed.view.time) times.insert(*listed.view.time);
    scene.views.push_back(std::move(listed.view));
  }
  scene.is_dynamic = times.size() > 1;
  if (!listing.missing.empty()) scene.warnings.push_back(MissingWarning(listing));
  if (!listing.not_finite.empty()) scene.warnings.push_back(NotFiniteWarning(listing));
  for (std::string& warning : listing.warnings) scene.warnings.push_back(std::move(warning));
  if (!also_there.empty()) scene.warnings.push_back(also_there);
  WarnOfStrayCameras(scene);
  scene.summary = Summary(scene, listing, options.test_every);
  task.Finish();
  return scene;
}

}  // namespace sanerf::scene
