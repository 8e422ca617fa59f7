// A small sparse model whose every number is known, for tests: cameras on a ring around points, as COLMAP would find
// them from perfect photos.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "sanerf/core/camera.h"
#include "sanerf/poses/sparse_model.h"

namespace sanerf::poses {

// The pose of camera i of n on a ring, OpenGL axes, in a world with z up.
inline Pose RingPoseOf(int i, int n) {
  const double angle = 2 * M_PI * i / n;
  return LookAt({3 * std::cos(angle), 3 * std::sin(angle), 1.5}, Vec3::Zero());
}

// files[i] is taken by camera number which[i] of a ring of n; 64x48 pixels, SIMPLE_RADIAL. error: of the points.
inline SparseModel RingModel(const std::vector<std::string>& files, const std::vector<int>& which, int n,
                             double error = 0.5) {
  SparseModel model;
  model.cameras[1] = {"SIMPLE_RADIAL", 64, 48, {60, 32, 24, 0.01}};
  for (int p = 0; p < 120; ++p) {
    SparsePoint point;
    point.position = Vec3(std::sin(1.7 * p), std::cos(2.3 * p), 0.4 * std::sin(0.9 * p));
    point.color = {uint8_t(p), 2, 3};
    point.error = error;
    model.points[uint64_t(p) + 1] = point;
  }
  for (size_t i = 0; i < files.size(); ++i) {
    const Pose pose = RingPoseOf(which[i], n);
    SparseImage image;
    image.name = files[i];
    image.camera_id = 1;
    const Mat3 cv_from_world = (pose.rotation * Vec3(1, -1, -1).asDiagonal()).transpose();
    image.cam_from_world_rotation = Eigen::Quaterniond(cv_from_world);
    image.cam_from_world_translation = -(cv_from_world * pose.translation);
    const auto id = uint32_t(which[i]) + 1;
    for (auto& [point_id, point] : model.points) {
      const Vec3 p = cv_from_world * point.position + image.cam_from_world_translation;
      point.track.push_back({id, uint32_t(image.observations.size())});
      image.observations.push_back({60 * p.x() / p.z() + 32, 60 * p.y() / p.z() + 24, point_id});
    }
    image.observations.push_back({1.5, 2.5, Observation::kNone});
    model.images[id] = image;
  }
  return model;
}

}  // namespace sanerf::poses
