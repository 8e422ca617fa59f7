// From a path to a Scene: detection, then what all formats share.
#include "sanerf/scene/load_scene.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "sanerf/core/error.h"
#include "sanerf/core/image_io.h"
#include "sanerf/core/input_file.h"
#include "sanerf/core/job.h"
#include "sanerf/core/options.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/phrases.h"
#include "sanerf/core/shell_quoted.h"
#include "sanerf/scene/check_scene.h"
#include "sanerf/scene/colmap_loader.h"
#include "sanerf/scene/colmap_model.h"
#include "sanerf/scene/listing.h"
#include "sanerf/scene/llff_loader.h"
#include "sanerf/scene/mask_meaning.h"
#include "sanerf/scene/messy_rooms_loader.h"
#include "sanerf/scene/model_frame.h"
#include "sanerf/scene/panoptic_lifting_loader.h"
#include "sanerf/scene/tool_exports.h"
#include "sanerf/scene/transforms_loader.h"

namespace sanerf::scene {
namespace fs = std::filesystem;
namespace {

const std::string kLookedFor =
    std::string(
        "looked for transforms.json, transforms_train.json, poses_bounds.npy, sparse/0/{cameras,images}.{bin,txt}, "
        "pose with intrinsic/intrinsic_color.txt, metadata.json with color, ") +
    kToolFiles;
constexpr int kNamedMissing = 24;  // images that the warning names

bool IsFile(const fs::path& path) {
  std::error_code ec;
  return ExistsAsFile(path);
}

std::optional<fs::path> FindColmapModel(const fs::path& root) {
  for (const char* folder : {"sparse/0", "sparse", "colmap/sparse/0", "colmap/sparse", "colmap_sparse/0"}) {
    if (IsColmapModel(root / folder)) return root / folder;
  }
  return std::nullopt;
}

std::vector<std::string> ScenesIn(const fs::path& folder) {
  std::error_code ec;
  std::vector<std::string> scenes;
  for (const auto& entry : fs::directory_iterator(folder, ec)) {
    if (entry.is_directory(ec) && HoldsScene(entry.path())) scenes.push_back(entry.path().string());
  }
  std::sort(scenes.begin(), scenes.end());
  if (scenes.size() > 4) scenes.resize(4);
  return scenes;
}

// Scenes around where the user pointed: the usual slip is one level too high or too low. Empty when there is none.
std::string AboveOrBelow(const fs::path& path) {
  if (const auto below = ScenesIn(path); !below.empty())
    return fmt::format("found one level down: {}", fmt::join(below, ", "));
  const fs::path parent = path.parent_path();
  if (HoldsScene(parent)) return fmt::format("found one level up: {}", parent.string());
  if (HoldsScene(parent.parent_path())) return fmt::format("found two levels up: {}", parent.parent_path().string());
  return "";
}

// The same, or another name.
std::string NearbyHint(const fs::path& path) {
  if (const std::string near = AboveOrBelow(path); !near.empty()) return near;
  if (const auto beside = ScenesIn(path.parent_path()); !beside.empty())
    return fmt::format("found beside it: {}", fmt::join(beside, ", "));
  return "point to the folder that contains one of these; poses of own photos come from COLMAP";
}

// Photos as a camera leaves them, in the folder or in its images/.
void FailIfPhotosWithoutPoses(const fs::path& path) {
  if (!AboveOrBelow(path).empty()) return;
  std::vector<fs::path> folders = ImageFolders(path);
  folders.insert(folders.begin(), path);
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

SceneListing ReadListing(const fs::path& path, std::string& also_there, const Job& job) {
  if (IsFile(path))
    if (const auto file = AsToolExport(path)) return ReadToolExport(*file, job);
  if (IsFile(path) && path.extension() == ".json") return ReadTransforms(path.parent_path(), path, {}, job);
  // Their folders may hold the transforms.json that the poses were made from, which lists photos of another place.
  if (IsPanopticLifting(path)) return ReadPanopticLifting(path, job);
  if (IsFile(path / "transforms_train.json")) {
    fs::path test = path / "transforms_test.json";
    const fs::path val = path / "transforms_val.json";
    if (IsFile(test) && IsFile(val)) also_there = "transforms_val.json is not used";
    if (!IsFile(test)) test = IsFile(val) ? val : fs::path();
    return ReadTransforms(path, path / "transforms_train.json", test, job);
  }
  if (IsFile(path / "transforms.json")) return ReadTransforms(path, path / "transforms.json", {}, job);
  const fs::path inside = path / "train" / "transforms.json";  // 3D-FRONT
  if (IsFile(inside)) return ReadTransforms(path, inside, {}, job);
  const auto model = FindColmapModel(path);
  const bool has_llff = IsFile(path / "poses_bounds.npy");
  if (model) {
    // LLFF's own downloads carry a COLMAP model of photos that were renamed since: then the pose file decides.
    SceneListing listing = ReadColmap(path, *model, job);
    if (!listing.views.empty() || !has_llff) return listing;
  }
  if (has_llff) return ReadLlff(path, job);
  if (IsMessyRooms(path)) return ReadMessyRooms(path, job);
  if (const auto of_tool = FindToolExport(path)) return ReadToolExport(*of_tool, job);
  FailNothingFound(path);
}

std::string MissingWarning(const SceneListing& listing) {
  const size_t count = listing.missing.size(), listed = count + listing.views.size();
  return fmt::format("{} of {} {} missing and left out: {}", count, Counted(int64_t(listed), "listed image"),
                     IsAre(int64_t(count)), FirstFew(listing.missing, kNamedMissing));
}

void RequireImages(const SceneListing& listing) {
  if (!listing.views.empty()) return;
  if (listing.missing.empty()) {
    throw Error(fmt::format("no images in {}", listing.root.string()), listing.source + " lists none");
  }
  throw Error(fmt::format("no image left in {}", listing.root.string()),
              fmt::format("none of the {} that {} lists exists; the first is {}",
                          Counted(int64_t(listing.missing.size()), "image"), listing.source, listing.missing[0]),
              "put the photos where the file lists them, or correct the listed paths");
}

void ChooseTestViews(SceneListing& listing, int test_every) {
  if (listing.has_split && test_every != SceneOptions().test_every) {
    listing.warnings.push_back(fmt::format(
        "scene.test_every={} (--test-every) is not used: the scene itself says which photos are held out", test_every));
  }
  std::sort(listing.views.begin(), listing.views.end(),
            [](const ListedView& a, const ListedView& b) { return a.view.name < b.view.name; });
  if (!listing.has_split && listing.views.size() > 1 && test_every > 1) {
    for (size_t i = 0; i < listing.views.size(); i += size_t(test_every)) listing.views[i].view.is_test = true;
  }
  const bool any_train =
      std::any_of(listing.views.begin(), listing.views.end(), [](const ListedView& v) { return !v.view.is_test; });
  if (!any_train) {
    throw Error(fmt::format("no training image left in {}", listing.root.string()),
                "every image that exists is a test view", "restore the missing training images");
  }
  const bool any_test =
      std::any_of(listing.views.begin(), listing.views.end(), [](const ListedView& v) { return v.view.is_test; });
  if (listing.has_split && !any_test) {
    listing.warnings.push_back(fmt::format(
        "no photo is held out to test on, because the split of {} names none that exists; how good new views "
        "are will not be known",
        listing.source));
  }
}

// Cut-out objects: an alpha channel everywhere, and something transparent in it.
bool HasTransparency(const SceneListing& listing, const Job& job) {
  const auto has_alpha = [](const ListedView& v) { return v.channels == 4 || v.channels == 2; };
  if (!std::all_of(listing.views.begin(), listing.views.end(), has_alpha)) return false;
  const size_t step = std::max<size_t>(1, listing.views.size() / 3);
  for (size_t i = 0; i < listing.views.size(); i += step) {
    job.ThrowIfStopped("reading the photos");
    const ImageU8 image = ReadImage(listing.views[i].view.image_path);
    int64_t transparent = 0;
    for (int64_t p = 0; p < image.num_pixels(); ++p) transparent += image.data[(p + 1) * image.channels - 1] < 128;
    if (transparent * 100 > image.num_pixels()) return true;
  }
  return false;
}

std::string Summary(const Scene& scene, const SceneListing& listing, int test_every) {
  const Camera& first = scene.views[0].camera;
  bool one_size = true, masks = false, ignored = false, distorted = false;
  std::set<double> times;
  for (const View& view : scene.views) {
    one_size = one_size && view.camera.width == first.width && view.camera.height == first.height;
    masks = masks || !view.mask_path.empty();
    ignored = ignored || !view.ignored.empty();
    distorted = distorted || !view.camera.distortion.IsZero();
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

bool HoldsScene(const fs::path& folder) {
  return IsFile(folder / "transforms.json") || IsFile(folder / "transforms_train.json") ||
         IsFile(folder / "train" / "transforms.json") || IsFile(folder / "poses_bounds.npy") ||
         FindColmapModel(folder) || IsPanopticLifting(folder) || IsMessyRooms(folder) || HoldsToolExport(folder);
}

Scene LoadScene(const fs::path& path, const SceneOptions& options, const Job& job) {
  const ThreadLimit limit(job.num_threads());
  CheckOptions(options, "scene");
  Task task(job, "read the scene");
  std::error_code ec;
  fs::path absolute = fs::absolute(path, ec).lexically_normal();
  if (!absolute.has_filename()) absolute = absolute.parent_path();
  if (!fs::exists(absolute, ec)) FailNothingFound(absolute);
  std::string also_there;
  SceneListing listing = ReadListing(absolute, also_there, job);
  RequireImages(listing);
  CheckListing(listing);
  const std::optional<MasksAre> masks_are = DecideMasks(listing, options.masks_are, job);
  ChooseTestViews(listing, options.test_every);

  Scene scene;
  scene.root = listing.root;
  scene.format = listing.format;
  scene.masks_are = masks_are;
  scene.notes = std::move(listing.notes);
  scene.has_alpha = HasTransparency(listing, job);
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
  for (std::string& warning : listing.warnings) scene.warnings.push_back(std::move(warning));
  if (!also_there.empty()) scene.warnings.push_back(also_there);
  WarnOfStrayCameras(scene);
  scene.summary = Summary(scene, listing, options.test_every);
  task.Finish();
  return scene;
}

}  // namespace sanerf::scene
