// Poses, frames and boxes. b_from_a maps coordinates of frame a to frame b; products cancel like fractions.
#pragma once

#include <Eigen/Core>
#include <Eigen/Geometry>

namespace sanerf {

using Vec2 = Eigen::Vector2d;
using Vec3 = Eigen::Vector3d;
using Mat3 = Eigen::Matrix3d;
using Mat4 = Eigen::Matrix4d;

// p_b = scale * rotation * p_a + translation.
struct Similarity {
  double scale = 1;
  Mat3 rotation = Mat3::Identity();
  Vec3 translation = Vec3::Zero();

  Vec3 operator*(const Vec3& p) const { return scale * (rotation * p) + translation; }
  Similarity Inverse() const {
    const Mat3 inverse_rotation = rotation.transpose();
    return {1 / scale, inverse_rotation, -(inverse_rotation * translation) / scale};
  }
};

// A rigid pose, world_from_cam for cameras.
struct Pose {
  Mat3 rotation = Mat3::Identity();
  Vec3 translation = Vec3::Zero();

  Vec3 operator*(const Vec3& p) const { return rotation * p + translation; }
  Pose Inverse() const { return {rotation.transpose(), -(rotation.transpose() * translation)}; }
};

// The pose of the same camera after its world was moved: rotation composed, center mapped, no scale left in the pose.
inline Pose operator*(const Similarity& b_from_a, const Pose& a_from_cam) {
  return {b_from_a.rotation * a_from_cam.rotation, b_from_a * a_from_cam.translation};
}

// Axis-aligned.
struct Box {
  Vec3 min = Vec3::Zero(), max = Vec3::Zero();
};

}  // namespace sanerf
