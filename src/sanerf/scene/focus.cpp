#include "sanerf/scene/focus.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

#include "sanerf/core/quantiles.h"

namespace sanerf::scene {
namespace {

Vec3 ViewingDirection(const Camera& camera) { return -camera.world_from_cam.rotation.col(2); }

// Of all lenses; ZDepth is the distance for wide ones.
double AxisDepth(const Camera& camera, const Vec3& p) { return ViewingDirection(camera).dot(p - camera.center()); }

double AxisDistance(const Camera& camera, const Vec3& p) {
  const Vec3 d = ViewingDirection(camera), v = p - camera.center();
  return (v - d * d.dot(v)).norm();
}

}  // namespace

Focus IntersectAxes(const std::vector<const Camera*>& cameras) {
  Focus focus;
  const size_t n = cameras.size();
  std::vector<double> weights(n, 1.0);
  Vec3 centroid = Vec3::Zero();
  for (const Camera* camera : cameras) centroid += camera->center() / double(n);

  // Each axis adds the squared distance |(I - d d^T)(p - c)|^2; Cauchy weights from the median distance follow.
  for (int iteration = 0; iteration < 12; ++iteration) {
    Mat3 a = Mat3::Zero();
    Vec3 b = Vec3::Zero();
    double total = 0;
    for (size_t i = 0; i < n; ++i) {
      const Vec3 d = ViewingDirection(*cameras[i]);
      const Mat3 projector = Mat3::Identity() - d * d.transpose();
      a += weights[i] * projector;
      b += weights[i] * projector * (cameras[i]->center() - centroid);
      total += weights[i];
    }
    const Eigen::SelfAdjointEigenSolver<Mat3> solver(a / total);
    focus.convergence = solver.eigenvalues()[0];
    // A direction that the axes do not fix stays at the cameras' centroid.
    Vec3 offset = Vec3::Zero();
    for (int k = 0; k < 3; ++k) {
      const double value = solver.eigenvalues()[k];
      const Vec3 axis = solver.eigenvectors().col(k);
      if (value > 1e-6) offset += axis * (axis.dot(b / total) / value);
    }
    focus.point = centroid + offset;

    std::vector<double> distances(n);
    for (size_t i = 0; i < n; ++i) distances[i] = AxisDistance(*cameras[i], focus.point);
    const double scale = std::max(1.5 * Median(distances), 1e-12);
    for (size_t i = 0; i < n; ++i) {
      const double ratio = distances[i] / scale;
      const bool in_front = AxisDepth(*cameras[i], focus.point) > 0;
      weights[i] = (in_front ? 1.0 : 0.01) / (1 + ratio * ratio);
    }
  }

  std::vector<double> relative;
  for (const Camera* camera : cameras) {
    const double depth = AxisDepth(*camera, focus.point);
    if (depth <= 0) continue;
    relative.push_back(AxisDistance(*camera, focus.point) / depth);
  }
  focus.in_front = double(relative.size()) / double(n);
  focus.residual = relative.empty() ? 1e9 : Median(relative);
  return focus;
}

std::optional<Vec3> CameraUp(const std::vector<const Camera*>& cameras) {
  Vec3 mean = Vec3::Zero();
  Mat3 scatter = Mat3::Zero();
  for (const Camera* camera : cameras) {
    const Mat3& rotation = camera->world_from_cam.rotation;
    mean += rotation.col(1) / double(cameras.size());
    scatter += rotation.col(0) * rotation.col(0).transpose() / double(cameras.size());
  }
  if (mean.norm() < 0.1) return std::nullopt;
  mean.normalize();
  // Cameras held level have their x axes in the ground plane, whatever their pitch: up is the plane's normal, provided
  // that the x axes point in enough directions to span it.
  const Eigen::SelfAdjointEigenSolver<Mat3> solver(scatter);
  if (solver.eigenvalues()[1] > 0.05 && solver.eigenvalues()[0] < 0.2 * solver.eigenvalues()[1]) {
    Vec3 normal = solver.eigenvectors().col(0);
    if (normal.dot(mean) < 0) normal = -normal;
    if (normal.dot(mean) > 0.7) return normal;
  }
  return mean;
}

}  // namespace sanerf::scene
