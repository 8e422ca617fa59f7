// transforms.json of instant-ngp and nerfstudio, transforms_train/test.json of NeRF-synthetic.
#include <fmt/format.h>

#include <cmath>
#include <set>

#include "sanerf/core/error.h"
#include "sanerf/core/json.h"
#include "sanerf/scene/listing.h"

namespace sanerf {
namespace fs = std::filesystem;
namespace {

// A frame's own value, else the file's.
class FrameKeys {
 public:
  FrameKeys(const JsonCursor& file, const JsonCursor& frame) : file_(file), frame_(frame) {}

  bool Has(const std::string& key) const { return frame_.Has(key) || file_.Has(key); }
  JsonCursor operator[](const std::string& key) const { return frame_.Has(key) ? frame_[key] : file_[key]; }
  double NumberOr(const std::string& key, double fallback) const { return Has(key) ? (*this)[key].Number() : fallback; }
  const JsonCursor& frame() const { return frame_; }

 private:
  const JsonCursor& file_;
  const JsonCursor& frame_;
};

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

// Pixel intrinsics hold at w x h when the file says so, else at the image's own size.
Camera ReadIntrinsics(const FrameKeys& keys, const ImageInfo& image) {
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

Pose ReadPose(const JsonCursor& frame, const std::string& where) {
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
  pose.rotation = CheckedRotation(rotation, where);
  return pose;
}

// instant-ngp maps file coordinates to its unit cube by p * scale + offset; aabb_scale widens that cube about 0.5.
std::optional<Box> ReadContentBox(const JsonCursor& file) {
  if (!file.Has("aabb_scale")) return std::nullopt;
  const double size = file["aabb_scale"].Number(), scale = file.NumberOr("scale", 0.33);
  if (!(size > 0)) file["aabb_scale"].Fail(fmt::format("{:.4g} is not positive", size));
  if (!(scale > 0)) file["scale"].Fail(fmt::format("{:.4g} is not positive", scale));
  Vec3 offset = Vec3::Constant(0.5);
  if (file.Has("offset")) {
    const JsonCursor values = file["offset"];
    if (values.size() != 3) values.Fail("expected 3 numbers");
    for (int axis = 0; axis < 3; ++axis) offset[axis] = values[axis].Number();
  }
  const Vec3 center = (Vec3::Constant(0.5) - offset) / scale;
  const Vec3 half = Vec3::Constant(0.5 * size / scale);
  return Box{center - half, center + half};
}

// nerfstudio's split: lists of file_path values.
std::set<std::string> ReadTestNames(const JsonCursor& file) {
  std::set<std::string> names;
  for (const char* key : {"test_filenames", "val_filenames"}) {
    if (!names.empty() || !file.Has(key)) continue;
    const JsonCursor list = file[key];
    for (size_t i = 0; i < list.size(); ++i) names.insert(list[i].String());
  }
  return names;
}

class TransformsReader {
 public:
  explicit TransformsReader(SceneListing& listing) : listing_(listing) {}

  void Read(const fs::path& path, bool is_test) {
    const Json json = ReadJsonFile(path);
    folder_ = path.parent_path();
    const JsonCursor file(json, path.string());
    if (!json.is_object()) file.Fail("expected an object with \"frames\"", "is this a transforms.json file?");
    const JsonCursor frames = file["frames"];
    if (!listing_.content) listing_.content = ReadContentBox(file);
    const std::set<std::string> test_names = ReadTestNames(file);
    if (!test_names.empty()) listing_.has_split = true;
    for (size_t i = 0; i < frames.size(); ++i) {
      const JsonCursor frame = frames[i];
      const std::string listed = frame["file_path"].String();
      const auto image = FindListedImage(folder_, listed);
      if (!image) {
        listing_.missing.push_back(listed);
        continue;
      }
      ListedView listed_view = ReadFrame(file, frame, *image, fmt::format("{}: frames[{}]", path.string(), i));
      listed_view.view.is_test = is_test || test_names.count(listed) > 0;
      listing_.views.push_back(std::move(listed_view));
    }
    WarnOfMissingMasks();
  }

 private:
  ListedView ReadFrame(const JsonCursor& file, const JsonCursor& frame, const fs::path& image,
                       const std::string& where) {
    ListedView listed;
    const ImageInfo info = ReadImageInfo(image);
    listed.channels = info.channels;
    listed.view.name = NameInScene(listing_.root, image);
    listed.view.image_path = image;
    listed.view.camera = FitToImage(ReadIntrinsics({file, frame}, info), info, where + " (" + listed.view.name + ")");
    listed.view.camera.world_from_cam = ReadPose(frame, where + ".transform_matrix");
    if (frame.Has("time")) listed.view.time = frame["time"].Number();
    if (frame.Has("near") && frame.Has("far")) {
      const DepthRange bounds{frame["near"].Number(), frame["far"].Number()};
      if (bounds.near > 0 && bounds.far > bounds.near) listed.bounds = bounds;
    }
    if (frame.Has("mask_path")) {
      const std::string mask = frame["mask_path"].String();
      if (const auto path = FindListedImage(folder_, mask)) {
        listed.view.mask_path = *path;
      } else {
        missing_masks_.push_back(mask);
      }
    }
    return listed;
  }

  void WarnOfMissingMasks() {
    if (missing_masks_.empty()) return;
    listing_.warnings.push_back(
        fmt::format("{} listed mask{} missing, the first is {}; those views have no ground truth",
                    missing_masks_.size(), missing_masks_.size() == 1 ? " is" : "s are", missing_masks_[0]));
    missing_masks_.clear();
  }

  SceneListing& listing_;
  fs::path folder_;  // of the file being read: its paths are relative to it
  std::vector<std::string> missing_masks_;
};

}  // namespace

SceneListing ReadTransforms(const fs::path& root, const fs::path& train_file, const fs::path& test_file) {
  SceneListing listing;
  listing.root = root;
  listing.z_up = true;
  const bool is_synthetic = train_file.filename() == "transforms_train.json";
  listing.format = is_synthetic ? "nerf-synthetic" : "instant-ngp";
  listing.source = (is_synthetic ? "NeRF-synthetic " : "instant-ngp ") + train_file.filename().string();
  TransformsReader reader(listing);
  reader.Read(train_file, /*is_test=*/false);
  if (!test_file.empty()) {
    listing.has_split = true;
    listing.source += " + " + test_file.filename().string();
    reader.Read(test_file, /*is_test=*/true);
  }
  return listing;
}

}  // namespace sanerf
