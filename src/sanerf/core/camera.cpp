#include "sanerf/core/camera.h"

#include <Eigen/LU>
#include <algorithm>
#include <cmath>
#include <limits>

namespace sanerf {
namespace {

constexpr double kNewtonTolerance = 1e-10;
constexpr int kMaxNewtonSteps = 50;

// OpenCV's model and its Jacobian d(distorted)/d(undistorted), normalized image coordinates.
Vec2 Distort(const Distortion& d, const Vec2& p, Eigen::Matrix2d* jacobian = nullptr) {
  const double x = p.x(), y = p.y(), r2 = x * x + y * y;
  const double radial = 1 + r2 * (d.k1 + r2 * d.k2);
  if (jacobian != nullptr) {
    const double slope = 2 * (d.k1 + 2 * r2 * d.k2);  // d(radial)/d(r2) * 2, so that d/dx = slope * x
    const double mixed = slope * x * y + 2 * d.p1 * x + 2 * d.p2 * y;
    *jacobian << radial + slope * x * x + 2 * d.p1 * y + 6 * d.p2 * x, mixed,  //
        mixed, radial + slope * y * y + 6 * d.p1 * y + 2 * d.p2 * x;
  }
  return {x * radial + 2 * d.p1 * x * y + d.p2 * (r2 + 2 * x * x),
          y * radial + d.p1 * (r2 + 2 * y * y) + 2 * d.p2 * x * y};
}

// Newton with step halving; the best point found when the model cannot be inverted there.
Vec2 Undistort(const Distortion& d, const Vec2& distorted) {
  Vec2 p = distorted;
  Eigen::Matrix2d jacobian;
  Vec2 residual = Distort(d, p, &jacobian) - distorted;
  for (int i = 0; i < kMaxNewtonSteps && residual.norm() > kNewtonTolerance; ++i) {
    if (std::abs(jacobian.determinant()) < 1e-12) break;
    Vec2 step = -(jacobian.inverse() * residual);
    Vec2 next_residual;
    for (int halvings = 0; halvings < 20; ++halvings, step *= 0.5) {
      next_residual = Distort(d, p + step) - distorted;
      if (next_residual.norm() < residual.norm()) break;
    }
    if (!(next_residual.norm() < residual.norm())) break;
    p += step;
    residual = Distort(d, p, &jacobian) - distorted;
  }
  return p;
}

// Beyond this squared radius r * (1 + k1 r^2 + k2 r^4) falls again: the polynomial folds far points back into the
// image.
double LargestInvertibleRadius2(const Distortion& d) {
  const double a = 5 * d.k2, b = 3 * d.k1;  // derivative: 1 + b s + a s^2 with s = r^2
  constexpr double kNever = std::numeric_limits<double>::infinity();
  if (a == 0) return b < 0 ? -1 / b : kNever;
  const double discriminant = b * b - 4 * a;
  if (discriminant < 0) return kNever;
  const double q = -0.5 * (b + std::copysign(std::sqrt(discriminant), b));
  double smallest = kNever;
  for (const double root : {q / a, 1 / q}) {
    if (root > 0) smallest = std::min(smallest, root);
  }
  return smallest;
}

}  // namespace

Vec3 Camera::RayInCam(const Vec2& px) const {
  Vec2 p((px.x() - cx) / fx, (px.y() - cy) / fy);
  if (!distortion.IsZero()) p = Undistort(distortion, p);
  return {p.x(), -p.y(), -1};
}

double Camera::ZDepth(const Vec3& p_world) const {
  return -world_from_cam.rotation.col(2).dot(p_world - world_from_cam.translation);
}

std::optional<Vec2> Camera::Project(const Vec3& p_world) const {
  const Vec3 p_cam = world_from_cam.Inverse() * p_world;
  const double z = -p_cam.z();
  if (!(z > 1e-12)) return std::nullopt;
  Vec2 p(p_cam.x() / z, -p_cam.y() / z);
  if (!distortion.IsZero()) {
    if (p.squaredNorm() > LargestInvertibleRadius2(distortion)) return std::nullopt;
    p = Distort(distortion, p);
  }
  return Vec2(fx * p.x() + cx, fy * p.y() + cy);
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

Pose LookAt(const Vec3& eye, const Vec3& target, const Vec3& up) {
  const Vec3 back = (eye - target).normalized(), right = up.cross(back).normalized();
  Pose pose;
  pose.rotation << right, back.cross(right), back;
  pose.translation = eye;
  return pose;
}

}  // namespace sanerf
