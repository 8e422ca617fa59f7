// Messy Rooms (Contrastive Lift), as Kubric renders: color/, metadata.json with the cameras of all frames,
// instance/*.npy.
#include "sanerf/scene/messy_rooms_loader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sanerf/core/error.h"
#include "sanerf/core/input_file.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/core/phrases.h"
#include "sanerf/scene/attach_masks.h"
#include "sanerf/scene/forgiving_json.h"
#include "sanerf/scene/frame_folder.h"

namespace sanerf::scene {
namespace fs = std::filesystem;
namespace {

constexpr double kTrainShare = 0.8;  // the frames' order is random, the last ones are held out

std::vector<double> ReadNumbers(const JsonCursor& list, size_t count) {
  if (list.size() != count) list.Fail(fmt::format("expected {} numbers, found {}", count, list.size()));
  std::vector<double> numbers;
  for (size_t i = 0; i < count; ++i) numbers.push_back(list[i].Number());
  return numbers;
}

// K is that of a photo of width and height 1; its signs are those of Blender's axes.
Camera ReadIntrinsics(const JsonCursor& k, const ImageInfo& image) {
  if (k.size() != 3) k.Fail(fmt::format("expected 3 rows, found {}", k.size()));
  const std::vector<double> x = ReadNumbers(k[0], 3), y = ReadNumbers(k[1], 3);
  Camera camera;
  camera.width = image.width;
  camera.height = image.height;
  camera.fx = std::abs(x[0]) * image.width, camera.cx = std::abs(x[2]) * image.width;
  camera.fy = std::abs(y[1]) * image.height, camera.cy = std::abs(y[2]) * image.height;
  if (!(camera.fx > 0 && camera.fy > 0)) k.Fail("the focal length is 0");
  CheckPrincipalPoint(camera, k.where());
  return camera;
}

Pose ReadPose(const JsonCursor& position, const JsonCursor& quaternion) {
  const std::vector<double> t = ReadNumbers(position, 3), q = ReadNumbers(quaternion, 4);
  const Eigen::Quaterniond rotation(q[0], q[1], q[2], q[3]);  // w, x, y, z
  if (std::abs(rotation.norm() - 1) > 1e-3) {
    quaternion.Fail(fmt::format("the quaternion has length {:.4g} instead of 1", rotation.norm()));
  }
  return {rotation.normalized().toRotationMatrix(), Vec3(t[0], t[1], t[2])};
}

}  // namespace

bool IsMessyRooms(const fs::path& root) {
  std::error_code ec;
  return ExistsAsFile(root / "metadata.json") && !FrameFolder(root).empty();
}

SceneListing ReadMessyRooms(const fs::path& root, const Job& job) {
  const fs::path path = root / "metadata.json";
  const Json json = ReadForgivingJson(path);
  const JsonCursor cameras = JsonCursor(json, path.string())["camera"];
  const JsonCursor positions = cameras["positions"], quaternions = cameras["quaternions"];
  const std::vector<Frame> frames = ListFrames(root);
  if (positions.size() != frames.size() || quaternions.size() != frames.size()) {
    positions.Fail(fmt::format("{} and {}, but {} has {}", Counted(int64_t(positions.size()), "position"),
                               Counted(int64_t(quaternions.size()), "quaternion"),
                               FrameFolder(root).filename().string(), Counted(int64_t(frames.size()), "image")),
                   "cameras belong to images in the order of their numbers: restore the missing ones");
  }

  SceneListing listing;
  listing.root = root;
  listing.format = "messy-rooms";
  listing.source = fmt::format("Messy Rooms {} and metadata.json", FrameFolder(root).filename().string());
  listing.has_split = true;
  listing.z_up = true;
  const Camera camera = ReadIntrinsics(cameras["K"], ReadImageInfo(frames[0].image));
  const size_t num_train = std::max<size_t>(1, size_t(kTrainShare * double(frames.size())));
  for (size_t i = 0; i < frames.size(); ++i) {
    if (HoldsNotFinite(positions[i].json()) || HoldsNotFinite(quaternions[i].json())) {
      listing.not_finite.push_back(NameInScene(root, frames[i].image));
      continue;
    }
    ListedView listed = ViewOfFrame(root, frames[i], camera, path.string(), job);
    listed.view.camera.world_from_cam = ReadPose(positions[i], quaternions[i]);
    listed.view.is_test = i >= num_train;
    listing.views.push_back(std::move(listed));
  }
  AttachMasks(listing, root / "instance");
  return listing;
}

}  // namespace sanerf::scene
