#include "sanerf/export/camera_path.h"

#include <fmt/format.h>

#include <Eigen/LU>
#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <utility>

#include "sanerf/core/error.h"
#include "sanerf/core/json.h"
#include "sanerf/core/options.h"
#include "sanerf/core/suggestions.h"
#include "sanerf/scene/mask_files.h"

namespace fs = std::filesystem;

namespace sanerf::exports {

using scene::Scene;

namespace {

constexpr double kForwardFacing = 0.7;  // length of the mean viewing direction: 1 = all the same, 0 = all around
constexpr int kMaxFrameSize = 16384;

constexpr std::pair<const char*, CameraSet> kNamedSets[] = {
    {"test", CameraSet::kTest}, {"train", CameraSet::kTrain}, {"all", CameraSet::kAll}, {"orbit", CameraSet::kOrbit}};

// Of the training cameras; the focus is where the model frame has its origin.
struct Capture {
  Vec3 focus = Vec3::Zero(), center = Vec3::Zero(), up = Vec3::Zero(), forward = Vec3::Zero();
  Vec3 spread_axis[2];  // standard deviation of the centers across the viewing direction
  double distance = 0;  // mean distance to the focus
};

Capture Summarize(const Scene& scene) {
  const std::vector<int> train = scene.TrainViews();
  Capture capture;
  capture.focus = scene.model_from_file.Inverse() * Vec3::Zero();
  const double weight = 1.0 / double(train.size());
  for (const int i : train) {
    const Pose& pose = scene.views[size_t(i)].camera.world_from_cam;
    capture.center += weight * pose.translation;
    capture.up += weight * pose.rotation.col(1);
    capture.forward -= weight * pose.rotation.col(2);
    capture.distance += weight * (pose.translation - capture.focus).norm();
  }
  if (capture.up.norm() < 1e-6) capture.up = Vec3::UnitZ();
  capture.up.normalize();
  const Vec3 right = capture.forward.cross(capture.up).normalized();
  double across[2] = {0, 0};
  for (const int i : train) {
    const Vec3 offset = scene.views[size_t(i)].camera.center() - capture.center;
    across[0] += weight * std::pow(offset.dot(right), 2);
    across[1] += weight * std::pow(offset.dot(capture.up), 2);
  }
  capture.spread_axis[0] = std::sqrt(across[0]) * right;
  capture.spread_axis[1] = std::sqrt(across[1]) * capture.up;
  return capture;
}

// The eyes of a full circle: at the mean height above the focus, as far away as the cameras are.
Vec3 CircleEye(const Capture& capture, double angle) {
  const double height = (capture.center - capture.focus).dot(capture.up);
  const double radius = std::sqrt(
      std::max(0.1 * capture.distance * capture.distance, capture.distance * capture.distance - height * height));
  Vec3 axis = capture.up.unitOrthogonal();
  return capture.focus + height * capture.up +
         radius * (std::cos(angle) * axis + std::sin(angle) * capture.up.cross(axis));
}

std::vector<NamedCamera> ViewsOf(const Scene& scene, const std::vector<int>& view_idxs) {
  std::vector<NamedCamera> cameras;
  for (const int i : view_idxs)
    cameras.push_back({scene::FlatName(scene.views[size_t(i)].name), scene.views[size_t(i)].camera, i});
  return cameras;
}

Pose ReadPose(const JsonCursor& matrix) {
  Mat4 m = Mat4::Identity();
  if (matrix.size() < 3) matrix.Fail("expected 3 or 4 rows of 4 numbers");
  for (size_t row = 0; row < 3; ++row) {
    if (matrix[row].size() != 4) matrix[row].Fail("expected 4 numbers");
    for (size_t column = 0; column < 4; ++column) m(long(row), long(column)) = matrix[row][column].Number();
  }
  const Mat3 rotation = m.topLeftCorner<3, 3>();
  if (rotation.determinant() < 0.5 || !(rotation * rotation.transpose()).isApprox(Mat3::Identity(), 1e-2)) {
    matrix.Fail("the left 3x3 part is not a rotation");
  }
  return {rotation, m.topRightCorner<3, 1>()};
}

// `fallback` overridden by what `object` says.
Camera ReadIntrinsics(const JsonCursor& object, Camera fallback) {
  const int64_t width = object.IntegerOr("w", fallback.width), height = object.IntegerOr("h", fallback.height);
  if (width < 1 || height < 1 || width > kMaxFrameSize || height > kMaxFrameSize)
    object.Fail("w and h must be 1 to 16384");
  Camera camera = fallback.Resized(int(width), int(height)).Straightened();
  if (object.Has("camera_angle_x"))
    camera.fx = camera.fy = 0.5 * double(width) / std::tan(0.5 * object["camera_angle_x"].Number());
  if (object.Has("fl_x")) camera.fx = camera.fy = object["fl_x"].Number();
  camera.fy = object.NumberOr("fl_y", camera.fy);
  camera.cx = object.NumberOr("cx", camera.cx);
  camera.cy = object.NumberOr("cy", camera.cy);
  if (!(camera.fx > 0 && camera.fy > 0)) object.Fail("the focal length must be positive");
  return camera;
}

std::vector<NamedCamera> CameraOf(const OneView& view, const Scene& scene) {
  std::vector<std::string> names;
  for (const auto& [name, set] : kNamedSets) names.push_back(name);
  const std::string hint = DidYouMean(view.name, names);
  if (!hint.empty()) throw UsageError("unknown choice of views '" + view.name + "'", "", hint);
  return ViewsOf(scene, {scene.FindView(view.name)});
}

std::vector<NamedCamera> CamerasOfSet(CameraSet set, const Scene& scene, int frames) {
  const std::vector<int> test = scene.TestViews();
  switch (set) {
    case CameraSet::kTrain:
      return ViewsOf(scene, scene.TrainViews());
    case CameraSet::kTest:
      if (test.empty()) throw UsageError("the scene has no test views", "", "use --views train or --views orbit");
      return ViewsOf(scene, test);
    case CameraSet::kAll: {
      std::vector<int> all(scene.views.size());
      std::iota(all.begin(), all.end(), 0);
      return ViewsOf(scene, all);
    }
    case CameraSet::kUsual:
      if (!test.empty()) return ViewsOf(scene, test);
      break;
    case CameraSet::kOrbit:
      break;
  }
  CheckNumber("--frames", frames, kOrbitFrames);
  return OrbitCameras(scene, frames);
}

}  // namespace

Camera Shrunk(const Camera& camera, double downscale, int longest_side) {
  const auto pixels = [&](int full) { return std::max(1, int(std::lround(full / downscale))); };
  const Camera small = camera.Resized(pixels(camera.width), pixels(camera.height));
  return longest_side > 0 ? small.ResizedToLongest(longest_side) : small;
}

CaptureSummary SummaryOfCapture(const Scene& scene) {
  const Capture capture = Summarize(scene);
  return {capture.forward.norm() > kForwardFacing, scene.model_from_file.rotation.transpose() * Vec3::UnitZ(),
          capture.center};
}

std::vector<NamedCamera> OrbitCameras(const Scene& scene, int frames) {
  const Capture capture = Summarize(scene);
  Camera camera = scene.views[size_t(scene.TrainViews().front())].camera.Straightened();
  const bool is_forward_facing = capture.forward.norm() > kForwardFacing;
  std::vector<NamedCamera> cameras;
  for (int i = 0; i < frames; ++i) {
    const double angle = 2 * std::numbers::pi * i / frames;
    const Vec3 eye = is_forward_facing ? capture.center + std::cos(angle) * capture.spread_axis[0] +
                                             std::sin(angle) * capture.spread_axis[1]
                                       : CircleEye(capture, angle);
    camera.world_from_cam = LookAt(eye, capture.focus, capture.up);
    cameras.push_back({fmt::format("orbit_{:03d}", i), camera, -1});
  }
  return cameras;
}

std::vector<NamedCamera> ReadCameraPath(const fs::path& path, const Scene& scene) {
  const Json json = ReadJsonFile(path);
  const JsonCursor root(json, path.string());
  const Camera shared = ReadIntrinsics(root, scene.views.front().camera);
  const JsonCursor frames = root["frames"];
  if (frames.size() == 0) frames.Fail("no frame");
  std::vector<NamedCamera> cameras;
  for (size_t i = 0; i < frames.size(); ++i) {
    NamedCamera named{fmt::format("path_{:03d}", i), ReadIntrinsics(frames[i], shared), -1};
    named.camera.world_from_cam = ReadPose(frames[i]["transform_matrix"]);
    cameras.push_back(named);
  }
  return cameras;
}

CameraChoice ParseCameraChoice(const std::string& text) {
  if (text.empty()) return CameraSet::kUsual;
  for (const auto& [name, set] : kNamedSets)
    if (text == name) return set;
  if (fs::path(text).extension() == ".json") return PathFile{text};
  return OneView{text};
}

std::vector<NamedCamera> CamerasFor(const CameraChoice& choice, const Scene& scene, int frames) {
  if (const auto* file = std::get_if<PathFile>(&choice)) return ReadCameraPath(file->path, scene);
  if (const auto* view = std::get_if<OneView>(&choice)) return CameraOf(*view, scene);
  return CamerasOfSet(std::get<CameraSet>(choice), scene, frames);
}

}  // namespace sanerf::exports
