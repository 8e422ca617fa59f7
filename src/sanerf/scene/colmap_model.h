// A COLMAP sparse model as stored: cameras, images, points. Binary and text files hold the same.
#pragma once

#include <Eigen/Geometry>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "sanerf/core/camera.h"
#include "sanerf/core/geometry.h"

namespace sanerf::scene {

struct ColmapCamera {
  std::string model;  // "SIMPLE_RADIAL"
  int64_t width = 0, height = 0;
  std::vector<double> params;
};

struct ColmapImage {
  std::string name;
  uint32_t camera_id = 0;
  Eigen::Quaterniond cam_from_world_rotation = Eigen::Quaterniond::Identity();  // OpenCV axes: y down, z forward
  Vec3 cam_from_world_translation = Vec3::Zero();
  std::vector<int64_t> point_ids;  // the 3D points it observes
};

struct ColmapPoint {
  Vec3 position;
  double error = 0;  // mean reprojection error, pixels; 0 where the file does not say
};

struct ColmapModel {
  std::map<uint32_t, ColmapCamera> cameras;
  std::vector<ColmapImage> images;
  std::map<int64_t, ColmapPoint> points;  // empty when the model has no points file
};

inline constexpr const char* kUndistort = "undistort the photos first: colmap image_undistorter";

// By COLMAP's model number; null for an unknown one.
struct ColmapLens {
  const char* name;
  const char* params;  // one word each, in order: f or fx fy, cx cy, then what Lens has; - is read over
  LensModel model;

  int num_params() const;
};
const ColmapLens* ColmapLensByNumber(int64_t number);
const ColmapLens* ColmapLensByName(const std::string& name);

// Focal lengths, principal point and lens of a camera whose parameters are as many as its model has.
Camera CameraOf(const ColmapLens& lens, const ColmapCamera& stored);

}  // namespace sanerf::scene
