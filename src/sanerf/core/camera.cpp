#include "sanerf/core/camera.h"

#include <algorithm>
#include <cmath>

namespace sanerf {
namespace {

constexpr int kGridSteps = 32;              // of SeesWholePicture, along each side
constexpr double kStraightenedTangent = 1;  // half a picture's longest side, of a wide lens with straight lines

Vec2 Normalized(const Camera& camera, const Vec2& px) {
  return {(px.x() - camera.cx) / camera.fx, (px.y() - camera.cy) / camera.fy};
}

}  // namespace

Vec3 Camera::RayInCam(const Vec2& px) const { return lens.UnprojectNearest(Normalized(*this, px)); }

std::optional<Vec3> Camera::RayIfSeen(const Vec2& px) const { return lens.Unproject(Normalized(*this, px)); }

bool Camera::SeesWholePicture() const {
  if (lens.IsStraight()) return true;
  for (int i = 0; i <= kGridSteps; ++i) {
    for (int j = 0; j <= kGridSteps; ++j) {
      if (!HasRay({double(i) / kGridSteps * width, double(j) / kGridSteps * height})) return false;
    }
  }
  return true;
}

double Camera::ZDepth(const Vec3& p_world) const {
  const Vec3 from_center = p_world - world_from_cam.translation;
  return lens.IsWide() ? from_center.norm() : -world_from_cam.rotation.col(2).dot(from_center);
}

std::optional<Vec2> Camera::Project(const Vec3& p_world) const {
  const std::optional<Vec2> p = lens.Project(world_from_cam.Inverse() * p_world);
  if (!p) return std::nullopt;
  return Vec2(fx * p->x() + cx, fy * p->y() + cy);
}

Camera Camera::Straightened() const {
  Camera camera = *this;
  camera.lens = Lens();
  if (!lens.IsWide()) return camera;
  camera.fx = camera.fy = 0.5 * std::max(width, height) / kStraightenedTangent;
  camera.cx = 0.5 * width;
  camera.cy = 0.5 * height;
  return camera;
}

// What was above is now to the right: pixel (x, y) becomes (height - y, x).
Camera Camera::TurnedClockwise() const {
  Camera turned = *this;
  turned.width = height, turned.height = width;
  turned.fx = fy, turned.fy = fx;
  turned.cx = height - cy, turned.cy = cx;
  turned.lens = lens.TurnedClockwise();
  const Mat3& r = world_from_cam.rotation;
  turned.world_from_cam.rotation << r.col(1), -r.col(0), r.col(2);
  return turned;
}

Camera Camera::Resized(int new_width, int new_height) const {
  Camera camera = *this;
  const double scale_x = double(new_width) / width, scale_y = double(new_height) / height;
  camera.width = new_width;
  camera.height = new_height;
  camera.fx *= scale_x;
  camera.cx *= scale_x;
  camera.fy *= scale_y;
  camera.cy *= scale_y;
  return camera;
}

Camera Camera::ResizedToLongest(int longest) const {
  const int current = std::max(width, height);
  if (current <= longest) return *this;
  const double scale = double(longest) / current;
  return Resized(std::max(1, int(std::lround(width * scale))), std::max(1, int(std::lround(height * scale))));
}

Camera Camera::In(const Similarity& b_from_a) const {
  Camera camera = *this;
  camera.world_from_cam = b_from_a * world_from_cam;
  return camera;
}

void SeeWholeSphere(Camera* camera) {
  camera->lens = Lens(LensModel::kEquirectangular, LensTerms());
  camera->fx = camera->width / (2 * M_PI);
  camera->fy = camera->height / M_PI;
  camera->cx = 0.5 * camera->width;
  camera->cy = 0.5 * camera->height;
}

Pose LookAt(const Vec3& eye, const Vec3& target, const Vec3& up) {
  const Vec3 back = (eye - target).normalized(), right = up.cross(back).normalized();
  Pose pose;
  pose.rotation << right, back.cross(right), back;
  pose.translation = eye;
  return pose;
}

}  // namespace sanerf
