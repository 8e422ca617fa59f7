// A camera with its lens. OpenGL axes: x right, y up, looks along -z. Pixel centers at +0.5.
#pragma once

#include <optional>

#include "sanerf/core/geometry.h"
#include "sanerf/core/lens.h"

namespace sanerf {

struct Camera {
  int width = 0, height = 0;
  double fx = 0, fy = 0, cx = 0, cy = 0;  // pixels
  Lens lens;
  Pose world_from_cam;

  // Direction of the ray through pixel position px (continuous; center of the first pixel is 0.5, 0.5) in the camera
  // frame, not normalized: its z is -1, so the ray parameter is z-depth; of wide lenses its length is 1, and depth is
  // the distance from the camera, here and below. Where the lens sees nothing: the outermost ray on that side.
  Vec3 RayInCam(const Vec2& px) const;
  // The same, none where the lens sees nothing: beyond its field of view, in the dark around a fisheye's circle.
  std::optional<Vec3> RayIfSeen(const Vec2& px) const;
  bool HasRay(const Vec2& px) const { return RayIfSeen(px).has_value(); }
  bool SeesWholePicture() const;  // has a ray wherever it was looked: on a grid, its corners included
  Vec3 RayInWorld(const Vec2& px) const { return world_from_cam.rotation * RayInCam(px); }
  Vec3 center() const { return world_from_cam.translation; }

  // Pixel position of a world point through the lens, none where the lens does not see.
  std::optional<Vec2> Project(const Vec3& p_world) const;
  double ZDepth(const Vec3& p_world) const;          // along the camera axis, > 0 in front; of wide lenses distance
  Vec3 Lift(const Vec2& px, double z_depth) const {  // Eq. 6
    return center() + z_depth * RayInWorld(px);
  }
  bool Contains(const Vec2& px) const { return px.x() >= 0 && px.y() >= 0 && px.x() < width && px.y() < height; }

  // The same view at another resolution: intrinsics follow the pixel frame exactly.
  Camera Resized(int new_width, int new_height) const;
  // The same view with its longest side at most `longest`.
  Camera ResizedToLongest(int longest) const;
  // The same place, axes and size with straight lines, for views that are no photos; of wide lenses as wide as these
  // can.
  Camera Straightened() const;
  // As if the picture had been turned by 90 degrees clockwise afterwards.
  Camera TurnedClockwise() const;
  // The same camera in another frame (z-depth scales with b_from_a.scale).
  Camera In(const Similarity& b_from_a) const;
};

// A picture of the whole sphere, its middle in front: longitude across, latitude down.
void SeeWholeSphere(Camera* camera);

// The pose of a camera at `eye` that looks at `target`; up in its picture is as near to `up` as that allows.
Pose LookAt(const Vec3& eye, const Vec3& target, const Vec3& up = Vec3::UnitZ());

}  // namespace sanerf
