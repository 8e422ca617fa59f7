#include "sanerf/export/object_place.h"

#include <algorithm>
#include <vector>

#include "sanerf/export/point_cloud.h"

namespace sanerf::exports {
namespace {

constexpr int kPointsOfScene = 60'000;
constexpr double kInside = 0.98;  // share of the points along each axis and in the ball: a few lie astray
constexpr double kMargin = 1.05;

// Of sorted values, with their share outside cut off evenly.
double MiddleOf(std::vector<double>* values) {
  std::sort(values->begin(), values->end());
  const size_t cut = size_t(0.5 * (1 - kInside) * double(values->size()));
  return 0.5 * ((*values)[cut] + (*values)[values->size() - 1 - cut]);
}

}  // namespace

std::optional<ObjectPlace> PlaceOf(const ExportInput& input, const Job& job) {
  const PointCloud cloud = MakePointCloud(input.nerf, input.scene, kPointsOfScene, job);
  const std::vector<uint8_t> labels = LabelsOf(cloud, *input.objects, job);
  std::vector<Vec3> points;
  for (size_t i = 0; i < labels.size(); ++i)
    if (std::count(input.labels.begin(), input.labels.end(), int(labels[i])) > 0) points.push_back(cloud.points[i]);
  if (points.empty()) return std::nullopt;
  ObjectPlace place;
  for (int a = 0; a < 3; ++a) {
    std::vector<double> along;
    for (const Vec3& p : points) along.push_back(p[a]);
    place.center[a] = MiddleOf(&along);
  }
  std::vector<double> distances;
  for (const Vec3& p : points) distances.push_back((p - place.center).norm());
  std::sort(distances.begin(), distances.end());
  place.radius = kMargin * distances[size_t(kInside * double(distances.size() - 1))];
  return place;
}

}  // namespace sanerf::exports
