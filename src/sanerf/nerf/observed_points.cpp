#include "sanerf/nerf/observed_points.h"

#include <cmath>
#include <optional>

#include "sanerf/core/quantiles.h"

namespace sanerf::nerf {
namespace {

constexpr int kFewestPhotos = 2;

std::vector<float> WeightsOfPoints(const std::vector<scene::ScenePoint>& points, const std::vector<int>& num_photos) {
  std::vector<double> errors, lengths;
  for (size_t i = 0; i < points.size(); ++i) {
    if (num_photos[i] < kFewestPhotos) continue;
    if (points[i].error_px > 0) errors.push_back(double(points[i].error_px));
    lengths.push_back(num_photos[i]);
  }
  std::vector<float> weights(points.size(), 0);
  if (lengths.empty()) return weights;
  const double usual_error = errors.empty() ? 1 : Median(errors), usual_length = Median(lengths);
  for (size_t i = 0; i < points.size(); ++i) {
    if (num_photos[i] < kFewestPhotos) continue;
    const double error = points[i].error_px > 0 ? double(points[i].error_px) / usual_error : 1;
    weights[i] = float(1 / (1 + error * error * usual_length / num_photos[i]));
  }
  return weights;
}

}  // namespace

ObservedPoints::ObservedPoints(const scene::Scene& scene, const TrainingPhotos& photos) {
  if (scene.points.empty()) return;
  std::vector<int> num_photos(scene.points.size(), 0);
  for (const int view : photos.view_idxs())
    for (const int point : scene.views[size_t(view)].points) ++num_photos[size_t(point)];
  const std::vector<float> weights = WeightsOfPoints(scene.points, num_photos);
  for (size_t photo = 0; photo < photos.cameras().size(); ++photo) {
    const Camera& camera = photos.cameras()[photo];
    for (const int point : scene.views[size_t(photos.view_idxs()[photo])].points) {
      if (!(weights[size_t(point)] > 0)) continue;
      const Vec3 p = scene.model_from_file * scene.points[size_t(point)].position;
      if (!(camera.ZDepth(p) > 0)) continue;
      const std::optional<Vec2> px = camera.Project(p);
      if (!px || !camera.Contains(*px)) continue;
      const int x = int(px->x()), y = int(px->y());
      if (photos.IsIgnored(int(photo), x, y)) continue;
      const Ray ray = MakeRay(camera, Vec2(x + 0.5, y + 0.5));
      double distance = 0;
      for (int a = 0; a < 3; ++a) distance += (p[a] - double(ray.origin[a])) * double(ray.direction[a]);
      if (distance > 0) observations_.push_back({int(photo), x, y, float(distance), weights[size_t(point)]});
    }
  }
}

}  // namespace sanerf::nerf
