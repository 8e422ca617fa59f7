#include "sanerf/scene/transforms_camera.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

#include "sanerf/core/json.h"
#include "sanerf/core/orientation.h"
#include "sanerf/scene/colmap_model.h"
#include "sanerf/scene/forgiving_json.h"

namespace sanerf::scene {
namespace {

constexpr const char* kUndistortFirst = "undistort the photos first (for example colmap image_undistorter)";

// The names that nerfstudio and COLMAP write. k4 of OPENCV continues the polynomial, as nerfstudio applies it.
std::optional<LensModel> LensModelOf(const std::string& name) {
  if (name == "PERSPECTIVE") return LensModel::kPerspective;
  if (name == "FISHEYE624") return LensModel::kFisheye624;
  const ColmapLens* lens = ColmapLensByName(name);
  return lens != nullptr ? std::optional(lens->model) : std::nullopt;
}

bool IsTrue(const FrameKeys& keys, const char* key) {
  return keys.Has(key) && keys[key].json().is_boolean() && keys[key].Bool();
}

LensModel ReadLensModel(const FrameKeys& keys) {
  for (const char* key : {"ftheta_p0", "orthographic", "equirectangular"}) {  // of instant-ngp
    if (keys.Has(key) && keys[key].json() != false) keys[key].Fail("this lens is not supported", kUndistortFirst);
  }
  LensModel model = LensModel::kPerspective;
  if (keys.Has("camera_model")) {
    const std::string name = keys["camera_model"].String();
    const auto known = LensModelOf(name);
    if (!known) keys["camera_model"].Fail(fmt::format("the lens model {} is not supported", name), kUndistortFirst);
    model = *known;
  }
  if (IsTrue(keys, "latlong")) return LensModel::kEquirectangular;
  if (model != LensModel::kPerspective) return model;
  if (IsTrue(keys, "is_fisheye")) return LensModel::kFisheye;
  // Only OpenCV's list of eight goes so far, and its last three are those below the fraction's line.
  const bool is_rational = keys.NumberOr("k5", 0) != 0 || keys.NumberOr("k6", 0) != 0;
  return is_rational ? LensModel::kRational : model;
}

Lens ReadLens(const FrameKeys& keys) {
  const LensModel model = ReadLensModel(keys);
  LensTerms t;
  if (model == LensModel::kEquirectangular) return Lens(model, t);
  if (model == LensModel::kFisheye624 && keys.Has("distortion_params")) {  // k1…k6, p1 p2 as Aria has them, s1…s4
    const JsonCursor list = keys["distortion_params"];
    if (list.size() != 12) list.Fail(fmt::format("expected 12 numbers, found {}", list.size()));
    std::array<double, 12> values{};
    for (size_t i = 0; i < values.size(); ++i) values[i] = list[i].Number();
    std::swap(values[6], values[7]);  // OpenCV's p1 and p2
    return Lens(model, LensTerms::From(values));
  }
  const char* first = model == LensModel::kFieldOfView ? "omega" : model == LensModel::kUnified ? "alpha" : "k1";
  const char* second = model == LensModel::kUnified ? "beta" : "k2";
  t.k1 = keys.NumberOr(first, keys.NumberOr("k1", 0)), t.k2 = keys.NumberOr(second, keys.NumberOr("k2", 0));
  t.k3 = keys.NumberOr("k3", 0), t.k4 = keys.NumberOr("k4", 0);
  t.k5 = keys.NumberOr("k5", 0), t.k6 = keys.NumberOr("k6", 0);
  t.p1 = keys.NumberOr("p1", 0), t.p2 = keys.NumberOr("p2", 0);
  t.s1 = keys.NumberOr("s1", keys.NumberOr("sx1", 0)), t.s2 = keys.NumberOr("s2", 0);
  t.s3 = keys.NumberOr("s3", keys.NumberOr("sy1", 0)), t.s4 = keys.NumberOr("s4", 0);
  return Lens(model, t);
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

// A file that gives no size: whether its principal point is in the middle of the photo as it is turned upright (EXIF),
// and not of the photo as stored.
bool BelongsToTheTurned(const FrameKeys& keys, const ImageInfo& image) {
  if (!LiesOnItsSide(image.orientation) || keys.Has("w") || keys.Has("h") || !keys.Has("cx") || !keys.Has("cy"))
    return false;
  const Vec2 point(keys["cx"].Number(), keys["cy"].Number());
  return (point - 0.5 * Vec2(image.height, image.width)).norm() <
         (point - 0.5 * Vec2(image.width, image.height)).norm();
}

// nerfstudio's focal lengths of panoramas: half the width and the height, of the whole sphere.
Camera SphereOf(const FrameKeys& keys, Camera camera) {
  SeeWholeSphere(&camera);
  if (keys.Has("fl_x")) {
    camera.fx = keys["fl_x"].Number() / M_PI;
    camera.fy = keys.NumberOr("fl_y", 2 * keys["fl_x"].Number()) / M_PI;
  }
  if (!(camera.fx > 0 && camera.fy > 0)) {
    keys.frame().Fail(fmt::format("the focal length {:.6g}, {:.6g} is not positive", camera.fx, camera.fy));
  }
  camera.cx = keys.NumberOr("cx", camera.cx);
  camera.cy = keys.NumberOr("cy", camera.cy);
  return camera;
}

}  // namespace

Camera FrameIntrinsics(const FrameKeys& keys, const ImageInfo& image) {
  Camera camera;
  camera.lens = ReadLens(keys);
  const bool is_turned = BelongsToTheTurned(keys, image);
  camera.width = SizeOr(keys, "w", is_turned ? image.height : image.width);
  camera.height = SizeOr(keys, "h", is_turned ? image.width : image.height);
  if (camera.lens.model() == LensModel::kEquirectangular) return SphereOf(keys, camera);
  const bool is_fisheye = camera.lens.IsWide() && !keys.Has("fl_x") && !keys.Has("fl_y");
  if (is_fisheye && (keys.Has("camera_angle_x") || keys.Has("camera_angle_y"))) {
    keys.frame().Fail("a fisheye's focal length does not follow from its field of view alone",
                      "add \"fl_x\", the focal length in pixels");
  }
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
