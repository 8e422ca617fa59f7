// A pinhole camera with OpenCV distortion. OpenGL axes: x right, y up, looks along -z. Pixel centers at +0.5.
#pragma once

#include <optional>

#include "sanerf/core/geometry.h"

namespace sanerf {

// OpenCV's radial-tangential model on normalized image coordinates (y down).
struct Distortion {
  double k1 = 0, k2 = 0, p1 = 0, p2 = 0;
  bool IsZero() const { return k1 == 0 && k2 == 0 && p1 == 0 && p2 == 0; }
};

struct Camera {
  int width = 0, height = 0;
  double fx = 0, fy = 0, cx = 0, cy = 0;  // pixels
  Distortion distortion;
  Pose world_from_cam;

  // Direction of the ray through pixel position px (continuous; center of the first pixel is 0.5, 0.5) in the camera
  // frame, not normalized: its z is -1, so the ray parameter is z-depth. Undoes the distortion (Newton, to 1e-10).
  Vec3 RayInCam(const Vec2& px) const;
  Vec3 RayInWorld(const Vec2& px) const { return world_from_cam.rotation * RayInCam(px); }
  Vec3 center() const { return world_from_cam.translation; }

  // Pixel position of a world point (distortion applied), none when it is not in front of the camera.
  std::optional<Vec2> Project(const Vec3& p_world) const;
  double ZDepth(const Vec3& p_world) const;          // along the camera axis, > 0 in front
  Vec3 Lift(const Vec2& px, double z_depth) const {  // Eq. 6
    return center() + z_depth * RayInWorld(px);
  }
  bool Contains(const Vec2& px) const { return px.x() >= 0 && px.y() >= 0 && px.x() < width && px.y() < height; }

  // The same view at another resolution: intrinsics follow the pixel frame exactly.
  Camera Resized(int new_width, int new_height) const;
  // The same view with its longest side at most `longest`.
  Camera ResizedToLongest(int longest) const;
  // The same camera in another frame (z-depth scales with b_from_a.scale).
  Camera In(const Similarity& b_from_a) const;
};

// The pose of a camera at `eye` that looks at `target`; up in its picture is as near to `up` as that allows.
Pose LookAt(const Vec3& eye, const Vec3& target, const Vec3& up = Vec3::UnitZ());

}  // namespace sanerf
