#include "sanerf/scene/choose_views.h"

#include <algorithm>
#include <limits>

namespace sanerf::scene {
namespace {

Vec3 Ahead(const Camera& camera) { return camera.center() + camera.world_from_cam.rotation * Vec3(0, 0, -1); }

}  // namespace

std::vector<int> ThinnedViews(const std::vector<int>& views, int count) {
  if (count <= 0 || int(views.size()) <= count) return views;
  std::vector<int> chosen;
  for (int i = 0; i < count; ++i) chosen.push_back(views[size_t(i) * views.size() / size_t(count)]);
  return chosen;
}

std::vector<int> ThinnedViews(const std::vector<int>& views, int count, const std::set<int>& wanted) {
  if (count <= 0 || int(views.size()) <= count) return views;
  std::set<int> chosen;
  for (const int view : views)
    if (wanted.count(view) != 0) chosen.insert(view);
  const int total = std::max(count, int(chosen.size()));
  for (int num_even = total - int(chosen.size()); int(chosen.size()) < total; ++num_even) {
    for (const int view : ThinnedViews(views, num_even))
      if (int(chosen.size()) < total) chosen.insert(view);
  }
  return {chosen.begin(), chosen.end()};
}

std::vector<int> SpreadViews(const Scene& scene, const std::vector<int>& views, int count) {
  if (count <= 0 || count >= int(views.size())) return views;
  std::vector<double> distance(views.size(), std::numeric_limits<double>::infinity());
  std::vector<int> chosen;
  size_t next = 0;
  while (int(chosen.size()) < count) {
    chosen.push_back(views[next]);
    const Vec3 center = scene.views[size_t(views[next])].camera.center();
    for (size_t i = 0; i < views.size(); ++i)
      distance[i] = std::min(distance[i], (scene.views[size_t(views[i])].camera.center() - center).norm());
    distance[next] = -1;
    next = size_t(std::max_element(distance.begin(), distance.end()) - distance.begin());
  }
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

int NearestView(const Scene& scene, const Camera& camera, const std::vector<int>& views) {
  const auto distance = [&](const Camera& other) {
    const Camera a = camera.In(scene.model_from_file), b = other.In(scene.model_from_file);
    return (a.center() - b.center()).squaredNorm() + (Ahead(a) - Ahead(b)).squaredNorm();
  };
  int nearest = -1;
  double smallest = std::numeric_limits<double>::infinity();
  for (const int view : views) {
    const double d = distance(scene.views[size_t(view)].camera);
    if (d >= smallest) continue;
    smallest = d;
    nearest = view;
  }
  return nearest;
}

}  // namespace sanerf::scene
