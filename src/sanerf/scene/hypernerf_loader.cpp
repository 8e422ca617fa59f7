#include "sanerf/scene/hypernerf_loader.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include "sanerf/core/error.h"
#include "sanerf/core/input_file.h"
#include "sanerf/core/json.h"
#include "sanerf/scene/forgiving_json.h"
#include "sanerf/scene/frame_folder.h"

namespace sanerf::scene {
namespace fs = std::filesystem;
namespace {

// The largest pictures: rgb/1x, else rgb/2x, …; empty when there are none.
fs::path LargestPhotos(const fs::path& root) {
  for (const char* size : {"1x", "2x", "4x", "8x", "16x"})
    if (!ImagesIn(root / "rgb" / size).empty()) return root / "rgb" / size;
  return {};
}

std::vector<double> ListOf(const JsonCursor& list, size_t count) {
  if (list.size() != count) list.Fail(fmt::format("expected {} numbers, found {}", count, list.size()));
  std::vector<double> numbers;
  for (size_t i = 0; i < count; ++i) numbers.push_back(list[i].Number());
  return numbers;
}

// orientation: camera from world, OpenCV's axes. Distortion: k1 k2 k3 and p1 p2 of OpenCV.
Camera ReadNerfiesCamera(const fs::path& path, double* pose_scale) {
  const Json json = ReadForgivingJson(path);
  const JsonCursor file(json, path.string());
  const JsonCursor orientation = file["orientation"];
  if (orientation.size() != 3) orientation.Fail(fmt::format("expected 3 rows, found {}", orientation.size()));
  Mat3 cam_from_world;
  for (size_t row = 0; row < 3; ++row) {
    const std::vector<double> values = ListOf(orientation[row], 3);
    for (size_t column = 0; column < 3; ++column)
      cam_from_world(Eigen::Index(row), Eigen::Index(column)) = values[column];
  }
  const std::vector<double> position = ListOf(file["position"], 3), size = ListOf(file["image_size"], 2),
                            middle = ListOf(file["principal_point"], 2);
  Camera camera;
  camera.world_from_cam = PoseFromOpenCv(cam_from_world.transpose(), Vec3(position[0], position[1], position[2]),
                                         path.string(), pose_scale);
  camera.width = int(file["image_size"][0].IntegerIn(1, 1'000'000));
  camera.height = int(file["image_size"][1].IntegerIn(1, 1'000'000));
  camera.fx = file["focal_length"].Number();
  camera.fy = camera.fx * file.NumberOr("pixel_aspect_ratio", 1);
  camera.cx = middle[0];
  camera.cy = middle[1];
  if (file.NumberOr("skew", 0) != 0) file["skew"].Fail("pixels that are no rectangles are not supported");
  LensTerms terms;
  if (file.Has("radial_distortion")) {
    const std::vector<double> radial = ListOf(file["radial_distortion"], 3);
    terms.k1 = radial[0], terms.k2 = radial[1], terms.k3 = radial[2];
  }
  const char* tangential_key = file.Has("tangential") ? "tangential" : "tangential_distortion";
  if (file.Has(tangential_key)) {
    const std::vector<double> tangential = ListOf(file[tangential_key], 2);
    terms.p1 = tangential[0], terms.p2 = tangential[1];
  }
  camera.lens = Lens(LensModel::kPerspective, terms);
  return camera;
}

std::set<std::string> IdsIn(const JsonCursor& file, const char* key) {
  std::set<std::string> names;
  if (!file.Has(key)) return names;
  for (size_t i = 0; i < file[key].size(); ++i) names.insert(file[key][i].String());
  return names;
}

// scene.json counts in units of its own, from its center: p * scale.
std::optional<DepthBounds> ReadNearAndFar(const fs::path& root) {
  if (!ExistsAsFile(root / "scene.json")) return std::nullopt;
  const Json json = ReadForgivingJson(root / "scene.json");
  const JsonCursor file(json, (root / "scene.json").string());
  if (!file.Has("near") || !file.Has("far")) return std::nullopt;
  const double scale = file.NumberOr("scale", 1);
  if (!(scale > 0)) file["scale"].Fail(fmt::format("{:.4g} is not positive", scale));
  return DepthBounds{file["near"].Number() / scale, file["far"].Number() / scale};
}

}  // namespace

bool IsHyperNerf(const fs::path& root) {
  std::error_code ec;
  return ExistsAsFile(root / "dataset.json") && fs::is_directory(root / "camera", ec) &&
         fs::is_directory(root / "rgb", ec);
}

SceneListing ReadHyperNerf(const fs::path& root, const Job& job) {
  const fs::path photos = LargestPhotos(root);
  if (photos.empty())
    throw Error(fmt::format("no images in {}", root.string()), "looked for PNG and JPEG files in rgb/1x, rgb/2x, …",
                "put the photos into a folder named rgb/1x");
  const Json dataset_json = ReadForgivingJson(root / "dataset.json"),
             metadata_json = ReadForgivingJson(root / "metadata.json");
  const JsonCursor dataset(dataset_json, (root / "dataset.json").string()),
      metadata(metadata_json, (root / "metadata.json").string());
  const std::set<std::string> train = IdsIn(dataset, "train_ids"), val = IdsIn(dataset, "val_ids");
  std::set<std::string> all = IdsIn(dataset, "ids");
  if (all.empty()) std::set_union(train.begin(), train.end(), val.begin(), val.end(), std::inserter(all, all.end()));
  const std::optional<DepthBounds> bounds = ReadNearAndFar(root);

  SceneListing listing;
  listing.root = root;
  listing.format = "hypernerf";
  listing.source = fmt::format("HyperNeRF dataset.json, photos from rgb/{}", photos.filename().string());
  listing.has_split = !val.empty();
  std::map<std::string, fs::path> by_name;
  for (const fs::path& image : ImagesIn(photos)) by_name[image.stem().string()] = image;
  int64_t last = 0;
  std::vector<int64_t> moments;
  for (const std::string& name : all) {
    if (!val.empty() && !train.contains(name) && !val.contains(name)) continue;  // in neither list: not used
    const auto image = by_name.find(name);
    if (image == by_name.end()) {
      listing.missing.push_back(name);
      continue;
    }
    const JsonCursor of_photo = metadata[name];
    const JsonCursor moment = of_photo[of_photo.Has("time_id") ? "time_id" : "warp_id"];
    moments.push_back(moment.IntegerIn(0, 1'000'000'000));
    last = std::max(last, moments.back());
    const fs::path camera_file = root / "camera" / (name + ".json");
    double pose_scale = 1;
    const Camera camera = ReadNerfiesCamera(camera_file, &pose_scale);
    ListedView listed = ViewOfFrame(root, {name, image->second}, camera, camera_file.string(), job);
    listed.pose_scale = pose_scale;
    listed.bounds = bounds;
    listed.view.is_test = val.contains(name);
    listing.views.push_back(std::move(listed));
  }
  for (size_t i = 0; i < listing.views.size(); ++i)
    listing.views[i].view.time = last > 0 ? double(moments[i]) / double(last) : 0;
  return listing;
}

}  // namespace sanerf::scene
