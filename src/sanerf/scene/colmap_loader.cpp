// COLMAP: a sparse model beside folders of photos, which may be smaller than the cameras.
#include "sanerf/scene/colmap_loader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>
#include <set>

#include "sanerf/core/error.h"
#include "sanerf/core/job.h"
#include "sanerf/core/phrases.h"
#include "sanerf/scene/attach_masks.h"
#include "sanerf/scene/colmap_binary.h"
#include "sanerf/scene/colmap_model.h"
#include "sanerf/scene/colmap_text.h"
#include "sanerf/scene/colmap_workspace.h"
#include "sanerf/scene/find_photo.h"
#include "sanerf/scene/listing.h"

namespace sanerf::scene {
namespace fs = std::filesystem;
namespace {

Camera ConvertCamera(const ColmapCamera& stored, const std::string& where) {
  const std::vector<double>& p = stored.params;
  const Camera camera = CameraOf(*ColmapLensByName(stored.model), stored);
  const bool finite = std::all_of(p.begin(), p.end(), [](double value) { return std::isfinite(value); });
  if (!finite || !(camera.fx > 0 && camera.fy > 0) || stored.width < 1 || stored.height < 1 || stored.width > 1000000 ||
      stored.height > 1000000) {
    throw Error(where, "its size or focal length is not a positive number", "export the model again with COLMAP");
  }
  return camera;
}

Pose ConvertPose(const ColmapImage& image, const std::string& where) {
  const auto& q = image.cam_from_world_rotation;
  if (!q.coeffs().allFinite() || !image.cam_from_world_translation.allFinite()) {
    throw Error(where, "the pose has values that are not finite numbers", "export the model again with COLMAP");
  }
  if (std::abs(q.norm() - 1) > 1e-3) {
    throw Error(where, fmt::format("the pose's quaternion has length {:.4g} instead of 1", q.norm()),
                "export the model again with COLMAP");
  }
  const Mat3 world_from_cv = q.normalized().toRotationMatrix().transpose();
  return {world_from_cv * Vec3(1, -1, -1).asDiagonal(), -(world_from_cv * image.cam_from_world_translation)};
}

enum class Parts : uint8_t { kImages, kAll };

ColmapModel ReadModel(const fs::path& folder, Parts parts) {
  const bool with_points = parts == Parts::kAll;
  return IsBinaryColmapModel(folder) ? ReadColmapBinary(folder, with_points) : ReadColmapText(folder, with_points);
}

// COLMAP's own masks: masks/IMG_1.jpg.png beside images/IMG_1.jpg; black pixels have no features. Masks by other names
// are somebody else's.
std::optional<fs::path> FindMask(const fs::path& root, const std::string& name) {
  const fs::path path = (root / "masks" / (name + ".png")).lexically_normal();
  return ExistsAsFile(path) ? std::optional(path) : std::nullopt;
}

struct PhotoFolder {
  fs::path path;
  int64_t num_photos = 0;  // of the model that are there
};

PhotoFolder ChooseImageFolder(PhotoFinder& finder, const ColmapPlace& place, const ColmapModel& model) {
  PhotoFolder best{place.photo_folders.empty() ? place.model.parent_path() / "images" : place.photo_folders[0], 0};
  for (const fs::path& folder : place.photo_folders) {
    const int64_t count = std::count_if(model.images.begin(), model.images.end(),
                                        [&](const ColmapImage& image) { return finder.Has(folder, image.name); });
    if (count > best.num_photos) best = {folder, count};
  }
  return best;
}

// ---- which of several models

std::string NamesOf(const fs::path& root, const std::vector<ColmapPlace>& places) {
  std::vector<std::string> names;
  for (const ColmapPlace& place : places) names.push_back(NameInScene(root, place.model));
  return ListOfNames(names);
}

std::vector<ColmapPlace> PlacesOf(const fs::path& root, int number) {
  std::vector<ColmapPlace> places = FindColmapModels(root);
  if (number < 0) return places;
  std::vector<ColmapPlace> meant;
  for (const ColmapPlace& place : places)
    if (place.number == number) meant.push_back(place);
  if (!meant.empty()) return meant;
  throw UsageError(fmt::format("there is no COLMAP model {} in {}", number, root.string()),
                   fmt::format("there {} {}", IsAre(int64_t(places.size())), NamesOf(root, places)),
                   "scene.model (--model) is the number in such a name; without it the one with most photos is read");
}

struct ModelChoice {
  ColmapPlace place;
  std::vector<std::string> warnings;
};

// Of those side by side: what lies elsewhere are copies of them.
std::string WhichIsRead(const fs::path& root, const ColmapPlace& chosen, const std::vector<ColmapPlace>& places,
                        const std::vector<int64_t>& num_photos) {
  std::vector<std::string> others;
  std::string own;
  for (size_t i = 0; i < places.size(); ++i) {
    if (places[i].group != chosen.group || num_photos[i] < 0) continue;
    const std::string text =
        fmt::format("{} with {}", NameInScene(root, places[i].model), Counted(num_photos[i], "photo"));
    if (places[i].model == chosen.model)
      own = text;
    else
      others.push_back(text);
  }
  if (others.empty()) return "";
  return fmt::format(
      "there are several COLMAP models, each in a world of its own: read is {}, not {}; --model N reads another", own,
      ListOfNames(others));
}

ModelChoice ChooseModel(const fs::path& root, const std::vector<ColmapPlace>& places, PhotoFinder& finder,
                        bool is_asked_for, const Job& job) {
  if (places.size() == 1) return {places[0], {}};
  std::optional<size_t> best;
  std::vector<int64_t> num_photos;  // by place; -1 = unreadable
  std::vector<std::string> unreadable;
  std::optional<Error> first_error;
  for (const ColmapPlace& place : places) {
    job.ThrowIfStopped("reading the COLMAP models");
    try {
      num_photos.push_back(ChooseImageFolder(finder, place, ReadModel(place.model, Parts::kImages)).num_photos);
      if (!best || num_photos.back() > num_photos[*best]) best = num_photos.size() - 1;
    } catch (const Error& error) {
      if (!first_error) first_error = error;
      num_photos.push_back(-1);
      unreadable.push_back(error.what());
    }
  }
  if (!best) throw *first_error;
  ModelChoice choice{places[*best], {}};
  for (const std::string& why : unreadable) choice.warnings.push_back("a COLMAP model is passed over: " + why);
  const std::string which = is_asked_for ? "" : WhichIsRead(root, choice.place, places, num_photos);
  if (!which.empty()) choice.warnings.push_back(which);
  return choice;
}

// ---- photos that COLMAP could not place

// What tools put beside a photo: "a_mask.png", "a.jpg.png", the same in another format.
bool IsBeside(const std::string& stem, const std::set<std::string>& photos) {
  if (photos.count(stem) != 0 || stem.rfind("dynamic_mask_", 0) == 0) return true;
  for (size_t end = stem.find_first_of("._-"); end != std::string::npos; end = stem.find_first_of("._-", end + 1))
    if (photos.count(stem.substr(0, end)) != 0) return true;
  return false;
}

void WarnOfPhotosWithoutPose(SceneListing& listing, const fs::path& folder, const fs::path& model) {
  std::map<fs::path, std::set<std::string>> posed;  // stems, by folder
  for (const ListedView& listed : listing.views) {
    const fs::path& photo = listed.view.image_path;
    posed[photo.parent_path()].insert(photo.stem().string());
  }
  std::vector<std::string> without;
  for (const auto& [place, stems] : posed) {
    for (const fs::path& photo : ImagesIn(place))
      if (!IsBeside(photo.stem().string(), stems)) without.push_back(NameInScene(folder, photo));
  }
  if (without.empty()) return;
  const int64_t count = int64_t(without.size());
  listing.warnings.push_back(fmt::format("{} of {} in {} {} no pose in {} and {} left out: {}", count,
                                         Counted(count + int64_t(listing.views.size()), "photo"),
                                         NameInScene(listing.root, folder), IsAre(count, "has", "have"),
                                         NameInScene(listing.root, model), IsAre(count), ListOfNames(without)));
}

// What the image sees, as LLFF's bounds are made: a low and a high percentile of its points' depths.
std::optional<DepthBounds> ObservedDepths(const ColmapImage& image, const Camera& camera, const ColmapModel& model) {
  std::vector<double> depths;
  for (const int64_t id : image.point_ids) {
    const auto point = model.points.find(id);
    if (point == model.points.end()) continue;
    const double depth = camera.ZDepth(point->second.position);
    if (depth > 0) depths.push_back(depth);
  }
  if (depths.size() < 8) return std::nullopt;
  std::sort(depths.begin(), depths.end());
  const DepthBounds range{depths[size_t(0.005 * (depths.size() - 1))], depths[size_t(0.995 * (depths.size() - 1))]};
  return range.far > range.near ? std::optional(range) : std::nullopt;
}

// By the points' ids, where in the scene's list they will be.
std::map<int64_t, int> PlacesOfPoints(const ColmapModel& model) {
  std::map<int64_t, int> places;
  for (const auto& [id, point] : model.points) places.emplace_hint(places.end(), id, int(places.size()));
  return places;
}

// Each once: COLMAP may find a point at several places of a photo.
std::vector<int> ObservedPoints(const ColmapImage& image, const std::map<int64_t, int>& places) {
  std::vector<int> observed;
  for (const int64_t id : image.point_ids)
    if (const auto place = places.find(id); place != places.end()) observed.push_back(place->second);
  std::sort(observed.begin(), observed.end());
  observed.erase(std::unique(observed.begin(), observed.end()), observed.end());
  return observed;
}

void AddPoints(const ColmapModel& model, SceneListing* listing) {
  for (const auto& [id, point] : model.points) {
    listing->points.push_back(point.position);
    listing->point_errors.push_back(float(point.error));
  }
}

}  // namespace

bool HasColmapPhotos(const fs::path& root) {
  PhotoFinder finder;
  for (const ColmapPlace& place : FindColmapModels(root)) {
    try {
      if (ChooseImageFolder(finder, place, ReadModel(place.model, Parts::kImages)).num_photos > 0) return true;
    } catch (const Error&) {  // a broken model is none
    }
  }
  return false;
}

SceneListing ReadColmap(const fs::path& root, int number, const Job& job) {
  PhotoFinder finder;
  ModelChoice choice = ChooseModel(root, PlacesOf(root, number), finder, number >= 0, job);
  const fs::path& model_folder = choice.place.model;
  const ColmapModel model = ReadModel(model_folder, Parts::kAll);
  const bool binary = IsBinaryColmapModel(model_folder);
  const std::string extension = binary ? ".bin" : ".txt";
  const fs::path folder = ChooseImageFolder(finder, choice.place, model).path;

  SceneListing listing;
  listing.root = root;
  listing.format = "colmap";
  listing.black_is_ignored = true;
  listing.warnings = std::move(choice.warnings);
  listing.source =
      fmt::format("COLMAP {} ({}), photos from {}", NameInScene(root, model_folder), binary ? "binary" : "text",
                  folder == root ? "the scene folder" : NameInScene(root, folder));
  const std::map<int64_t, int> places = PlacesOfPoints(model);
  for (const ColmapImage& image : model.images) {
    job.ThrowIfStopped("reading the photos' sizes");
    const auto path = finder.Find(folder, image.name);
    if (!path) {
      listing.missing.push_back(NameInScene(root, folder / image.name));
      continue;
    }
    const std::string where = fmt::format("{}: image {}", (model_folder / ("images" + extension)).string(), image.name);
    const auto camera = model.cameras.find(image.camera_id);
    if (camera == model.cameras.end())
      throw Error(where, fmt::format("its camera {} is not in cameras{}", image.camera_id, extension));
    ListedView listed;
    const ImageInfo info = ReadImageInfo(*path);
    listed.image = info;
    listed.view.name = NameInScene(root, *path);
    listed.view.image_path = *path;
    const std::string camera_where =
        fmt::format("{}: camera {}", (model_folder / ("cameras" + extension)).string(), image.camera_id);
    listed.view.camera = FitToImage(ConvertCamera(camera->second, camera_where), info, where);
    listed.view.camera.world_from_cam = ConvertPose(image, where);
    listed.bounds = ObservedDepths(image, listed.view.camera, model);
    listed.view.points = ObservedPoints(image, places);
    listed.mask = FindMask(root, image.name).value_or(fs::path());
    listing.views.push_back(std::move(listed));
  }
  AddPoints(model, &listing);
  WarnOfPhotosWithoutPose(listing, folder, model_folder);
  AttachLabels(listing, folder);
  return listing;
}

}  // namespace sanerf::scene
