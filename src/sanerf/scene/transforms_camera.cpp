#include "sanerf/scene/transforms_camera.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "sanerf/core/json.h"
#include "sanerf/scene/forgiving_json.h"

namespace sanerf::scene {
namespace {

void RefuseOtherLenses(const FrameKeys& keys) {
  static const std::set<std::string> kKnown = {"PINHOLE", "SIMPLE_PINHOLE", "SIMPLE_RADIAL",
                                               "RADIAL",  "OPENCV",         "PERSPECTIVE"};
  const std::string hint = "undistort the photos first (for example colmap image_undistorter)";
  if (keys.Has("camera_model")) {
    const std::string model = keys["camera_model"].String();
    if (!kKnown.count(model)) keys["camera_model"].Fail(fmt::format("the lens model {} is not supported", model), hint);
  }
  if (keys.Has("is_fisheye") && keys["is_fisheye"].json().is_boolean() && keys["is_fisheye"].Bool()) {
    keys["is_fisheye"].Fail("fisheye lenses are not supported", hint);
  }
  for (const char* key : {"k3", "k4", "k5", "k6"}) {
    if (keys.NumberOr(key, 0) != 0) keys[key].Fail("lens distortion beyond k1 k2 p1 p2 is not supported", hint);
  }
}

double FocalFromAngle(const JsonCursor& angle, int pixels) {
  const double radians = angle.Number();
  if (!(radians > 0 && radians < M_PI))
    angle.Fail(fmt::format("a field of view of {:.4g} rad is not between 0 and pi", radians));
  return 0.5 * pixels / std::tan(0.5 * radians);
}

int SizeOr(const FrameKeys& keys, const char* key, int fallback) {
  if (!keys.Has(key)) return fallback;
  const double size = keys[key].Number();  // some writers store 1080.0
  if (!(size >= 1 && size < 1e6)) keys[key].Fail(fmt::format("{:.6g} is not an image size", size));
  return int(std::lround(size));
}

}  // namespace

Camera FrameIntrinsics(const FrameKeys& keys, const ImageInfo& image) {
  RefuseOtherLenses(keys);
  Camera camera;
  camera.width = SizeOr(keys, "w", image.width);
  camera.height = SizeOr(keys, "h", image.height);
  if (keys.Has("fl_x")) {
    camera.fx = keys["fl_x"].Number();
    camera.fy = keys.NumberOr("fl_y", camera.fx);
  } else if (keys.Has("fl_y")) {
    camera.fx = camera.fy = keys["fl_y"].Number();
  } else if (keys.Has("camera_angle_x")) {
    camera.fx = FocalFromAngle(keys["camera_angle_x"], camera.width);
    camera.fy = keys.Has("camera_angle_y") ? FocalFromAngle(keys["camera_angle_y"], camera.height) : camera.fx;
  } else if (keys.Has("camera_angle_y")) {
    camera.fx = camera.fy = FocalFromAngle(keys["camera_angle_y"], camera.height);
  } else {
    keys.frame().Fail(
        "no intrinsics: neither fl_x nor camera_angle_x, in the frame or at the top of the file",
        "add \"fl_x\" (focal length in pixels) or \"camera_angle_x\" (horizontal field of view in radians)");
  }
  if (!(camera.fx > 0 && camera.fy > 0)) {
    keys.frame().Fail(fmt::format("the focal length {:.6g}, {:.6g} is not positive", camera.fx, camera.fy));
  }
  camera.cx = keys.NumberOr("cx", 0.5 * camera.width);
  camera.cy = keys.NumberOr("cy", 0.5 * camera.height);
  camera.distortion = {keys.NumberOr("k1", 0), keys.NumberOr("k2", 0), keys.NumberOr("p1", 0), keys.NumberOr("p2", 0)};
  return camera;
}

Pose FramePose(const JsonCursor& frame, const std::string& where, double* scale) {
  const JsonCursor matrix = frame["transform_matrix"];
  if (matrix.size() != 3 && matrix.size() != 4) matrix.Fail(fmt::format("expected 4 rows, found {}", matrix.size()));
  Mat3 rotation;
  Pose pose;
  for (int row = 0; row < 3; ++row) {
    const JsonCursor values = matrix[row];
    if (values.size() != 4) values.Fail(fmt::format("expected 4 numbers, found {}", values.size()));
    for (int column = 0; column < 3; ++column) rotation(row, column) = values[column].Number();
    pose.translation[row] = values[3].Number();
  }
  pose.rotation = CheckedRotation(rotation, where, scale);
  return pose;
}

bool HasNoFiniteCamera(const JsonCursor& frame) {
  constexpr std::array kNumbers = {
      "w",  "h",  "fl_x", "fl_y", "cx",  "cy",  "camera_angle_x", "camera_angle_y", "k1", "k2", "k3", "k4", "k5",
      "k6", "p1", "p2",   "near", "far", "time"};
  if (frame.Has("transform_matrix") && HoldsNotFinite(frame["transform_matrix"].json())) return true;
  return std::any_of(kNumbers.begin(), kNumbers.end(),
                     [&](const char* key) { return frame.Has(key) && IsNotFinite(frame[key].json()); });
}

}  // namespace sanerf::scene
