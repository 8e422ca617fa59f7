// COLMAP: a sparse model beside folders of photos, which may be smaller than the cameras.
#include "sanerf/scene/colmap_loader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "sanerf/core/error.h"
#include "sanerf/core/input_file.h"
#include "sanerf/core/job.h"
#include "sanerf/scene/attach_masks.h"
#include "sanerf/scene/colmap_binary.h"
#include "sanerf/scene/colmap_model.h"
#include "sanerf/scene/colmap_text.h"
#include "sanerf/scene/listing.h"

namespace sanerf::scene {
namespace fs = std::filesystem;
namespace {

// Parameter order of each model: COLMAP documentation, "Camera Models".
Camera ConvertCamera(const ColmapCamera& stored, const std::string& where) {
  const std::vector<double>& p = stored.params;
  Camera camera;
  camera.width = int(stored.width);
  camera.height = int(stored.height);
  if (stored.model == "SIMPLE_PINHOLE") {
    camera.fx = camera.fy = p[0], camera.cx = p[1], camera.cy = p[2];
  } else if (stored.model == "PINHOLE") {
    camera.fx = p[0], camera.fy = p[1], camera.cx = p[2], camera.cy = p[3];
  } else if (stored.model == "SIMPLE_RADIAL") {
    camera.fx = camera.fy = p[0], camera.cx = p[1], camera.cy = p[2];
    camera.distortion.k1 = p[3];
  } else if (stored.model == "RADIAL") {
    camera.fx = camera.fy = p[0], camera.cx = p[1], camera.cy = p[2];
    camera.distortion.k1 = p[3], camera.distortion.k2 = p[4];
  } else if (stored.model == "OPENCV") {
    camera.fx = p[0], camera.fy = p[1], camera.cx = p[2], camera.cy = p[3];
    camera.distortion = {p[4], p[5], p[6], p[7]};
  } else {
    throw Error(where, fmt::format("the lens model {} is not supported", stored.model),
                "undistort the photos first: colmap image_undistorter");
  }
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

// As listed, or the same name with another image extension (shrunk copies often change it).
std::optional<fs::path> FindPhoto(const fs::path& folder, const std::string& name) {
  if (auto path = FindListedImage(folder, name)) return path;
  return FindListedImage(folder, fs::path(name).replace_extension("").generic_string());
}

// COLMAP's own masks: masks/IMG_1.jpg.png beside images/IMG_1.jpg; black pixels have no features. Masks by other names
// are somebody else's.
std::optional<fs::path> FindMask(const fs::path& root, const std::string& name) {
  const fs::path path = (root / "masks" / (name + ".png")).lexically_normal();
  return ExistsAsFile(path) ? std::optional(path) : std::nullopt;
}

fs::path ChooseImageFolder(const fs::path& root, const ColmapModel& model) {
  fs::path best = root / "images";
  int64_t best_count = 0;
  std::vector<fs::path> folders = ImageFolders(root);
  folders.push_back(root);
  for (const fs::path& folder : folders) {
    const int64_t count = std::count_if(model.images.begin(), model.images.end(), [&](const ColmapImage& image) {
      return FindPhoto(folder, image.name).has_value();
    });
    if (count > best_count) best = folder, best_count = count;
  }
  return best;
}

// What the image sees, as LLFF's bounds are made: a low and a high percentile of its points' depths.
std::optional<DepthRange> ObservedDepths(const ColmapImage& image, const Camera& camera, const ColmapModel& model) {
  std::vector<double> depths;
  for (const int64_t id : image.point_ids) {
    const auto point = model.points.find(id);
    if (point == model.points.end()) continue;
    const double depth = camera.ZDepth(point->second);
    if (depth > 0) depths.push_back(depth);
  }
  if (depths.size() < 8) return std::nullopt;
  std::sort(depths.begin(), depths.end());
  const DepthRange range{depths[size_t(0.005 * (depths.size() - 1))], depths[size_t(0.995 * (depths.size() - 1))]};
  return range.far > range.near ? std::optional(range) : std::nullopt;
}

}  // namespace

bool IsColmapModel(const fs::path& folder) {
  std::error_code ec;
  const auto has = [&](const char* name) { return ExistsAsFile(folder / name); };
  return (has("cameras.bin") && has("images.bin")) || (has("cameras.txt") && has("images.txt"));
}

SceneListing ReadColmap(const fs::path& root, const fs::path& model_folder, const Job& job) {
  const bool binary = fs::exists(model_folder / "images.bin") && fs::exists(model_folder / "cameras.bin");
  const ColmapModel model = binary ? ReadColmapBinary(model_folder) : ReadColmapText(model_folder);
  const std::string extension = binary ? ".bin" : ".txt";
  const fs::path folder = ChooseImageFolder(root, model);

  SceneListing listing;
  listing.root = root;
  listing.format = "colmap";
  listing.black_is_ignored = true;
  listing.source =
      fmt::format("COLMAP {} ({}), photos from {}", NameInScene(root, model_folder), binary ? "binary" : "text",
                  folder == root ? "the scene folder" : folder.filename().string());
  for (const ColmapImage& image : model.images) {
    job.ThrowIfStopped("reading the photos' sizes");
    const auto path = FindPhoto(folder, image.name);
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
    listed.channels = info.channels;
    listed.view.name = NameInScene(root, *path);
    listed.view.image_path = *path;
    const std::string camera_where =
        fmt::format("{}: camera {}", (model_folder / ("cameras" + extension)).string(), image.camera_id);
    listed.view.camera = FitToImage(ConvertCamera(camera->second, camera_where), info, where);
    listed.view.camera.world_from_cam = ConvertPose(image, where);
    listed.bounds = ObservedDepths(image, listed.view.camera, model);
    listed.mask = FindMask(root, image.name).value_or(fs::path());
    listing.views.push_back(std::move(listed));
  }
  for (const auto& [id, point] : model.points) listing.points.push_back(point);
  AttachLabels(listing, folder);
  return listing;
}

}  // namespace sanerf::scene
