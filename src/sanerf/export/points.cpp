#include "sanerf/export/points.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <span>

#include "sanerf/core/check.h"
#include "sanerf/core/error.h"
#include "sanerf/core/options.h"
#include "sanerf/core/parallel.h"
#include "sanerf/export/mesh_normals.h"
#include "sanerf/export/point_cloud.h"

namespace sanerf::exports {
namespace {

constexpr size_t kLabeledAtOnce = 1 << 16;
constexpr int kMostRays = 8'000'000;  // points of the whole scene among which an object's are looked for
constexpr double kStepShare = 0.004;  // of a point's distance from its camera: over which the density's slope is taken

// Of the cameras that have the point in their picture the nearest one.
std::optional<Vec3> NearestEye(const std::vector<Camera>& cameras, const Vec3& p) {
  std::optional<Vec3> nearest;
  double least = std::numeric_limits<double>::max();
  for (const Camera& camera : cameras) {
    const double distance = (camera.center() - p).norm();
    if (distance >= least || camera.ZDepth(p) <= 0) continue;
    const std::optional<Vec2> px = camera.Project(p);
    if (!px || !camera.Contains(*px)) continue;
    nearest = camera.center();
    least = distance;
  }
  return nearest;
}

// The points whose most probable label is wanted; all with none.
void AddLabeled(const PointCloud& cloud, const mask_aggregator::ObjectModel* objects, const std::vector<int>& wanted,
                const PointOptions& options, PointSet* set, const Job& job) {
  const size_t num_labels = objects != nullptr ? size_t(objects->num_labels()) : 1;
  for (size_t begin = 0; begin < cloud.points.size(); begin += kLabeledAtOnce) {
    const auto some = std::span(cloud.points).subspan(begin, std::min(kLabeledAtOnce, cloud.points.size() - begin));
    const std::vector<float> all =
        objects != nullptr ? objects->ProbabilitiesAt(some, job) : std::vector<float>(some.size(), 1.0f);
    for (size_t i = 0; i < some.size(); ++i) {
      const auto of_point = all.begin() + std::ptrdiff_t(i * num_labels);
      const auto best = std::max_element(of_point, of_point + std::ptrdiff_t(num_labels));
      const int label = int(best - of_point);
      if (!wanted.empty() &&
          (std::count(wanted.begin(), wanted.end(), label) == 0 || double(*best) < options.probability))
        continue;
      if (set->points.size() == size_t(options.count)) return;
      set->points.push_back(some[i]);
      set->colors.push_back(cloud.colors[begin + i]);
      set->labels.push_back(label);
      set->probabilities.push_back(*best);
    }
  }
}

}  // namespace

PointSet MakePoints(const nerf::NerfModel& nerf, const mask_aggregator::ObjectModel* objects,
                    const std::vector<int>& labels, const scene::Scene& scene, const PointOptions& options,
                    const Job& job) {
  CheckOptions(options, "cloud");
  SANERF_CHECK(labels.empty() || objects != nullptr);
  const ThreadLimit threads(job.num_threads());
  // An object is a part of the scene: of a first, sparse cloud its share says how dense the next one has to be.
  PointSet set;
  int count = options.count;
  for (int round = 0; round < (labels.empty() ? 1 : 2); ++round) {
    const PointCloud cloud = MakePointCloud(nerf, scene, count, job);
    set = PointSet();
    AddLabeled(cloud, objects, labels, options, &set, job);
    const double share = std::max(double(set.points.size()), 1.0) / std::max(double(cloud.points.size()), 1.0);
    const int wanted = int(std::min(double(kMostRays), 1.2 * options.count / share));
    if (wanted <= count) break;
    count = wanted;
  }
  if (set.points.empty())
    throw Error("there are no points to write",
                fmt::format("no point of the scene is of object {}", fmt::join(labels, ", ")),
                "look at its masks: sanerf render RUN --layers mask");

  std::vector<Camera> cameras;
  for (const int v : scene.TrainViews()) cameras.push_back(scene.views[size_t(v)].camera);
  std::vector<Vec3f> towards(set.points.size(), Vec3f::UnitZ());
  std::vector<double> distances(set.points.size(), 0);
  ParallelFor(int64_t(set.points.size()), [&](int64_t i) {
    const std::optional<Vec3> eye = NearestEye(cameras, set.points[size_t(i)]);
    if (!eye) return;
    const Vec3 to_eye = *eye - set.points[size_t(i)];
    distances[size_t(i)] = to_eye.norm();
    towards[size_t(i)] = to_eye.normalized().cast<float>();
  });
  std::vector<double> sorted = distances;
  std::nth_element(sorted.begin(), sorted.begin() + std::ptrdiff_t(sorted.size() / 2), sorted.end());
  const double step = std::max(kStepShare * sorted[sorted.size() / 2], 1e-300);
  set.normals = DensityNormals(nerf, set.points, step, job);
  for (size_t i = 0; i < set.normals.size(); ++i) {
    Vec3f& normal = set.normals[i];
    if (normal.squaredNorm() == 0) normal = towards[i];
    if (normal.dot(towards[i]) < 0) normal = -normal;  // it was seen from there
  }
  return set;
}

}  // namespace sanerf::exports
