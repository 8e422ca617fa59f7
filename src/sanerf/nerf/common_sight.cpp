#include "sanerf/nerf/common_sight.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "sanerf/core/parallel.h"
#include "sanerf/core/quantiles.h"

namespace sanerf::nerf {
namespace {

constexpr int kSightRays = 4;       // per side of the picture
constexpr int kSightSteps = 40;     // from near to far, each farther by the same factor
constexpr size_t kMostOthers = 64;  // cameras that are asked, evenly chosen: thousands say no more

bool SeesPlace(const Camera& camera, const Vec3& p) {
  if (!(camera.ZDepth(p) > 0)) return false;
  const std::optional<Vec2> px = camera.Project(p);
  return px && camera.Contains(*px);
}

// Along one ray; none where nobody else sees any of it.
std::optional<double> CommonFrom(const Camera& camera, const Vec2& px, const std::vector<const Camera*>& others,
                                 const SightRange& range) {
  const std::optional<Vec3> in_cam = camera.RayIfSeen(px);
  if (!in_cam) return std::nullopt;
  const Vec3 direction = (camera.world_from_cam.rotation * *in_cam).normalized();
  const double factor = std::pow(range.far / range.near, 1.0 / (kSightSteps - 1));
  std::vector<int64_t> counts;
  double t = range.near;
  for (int i = 0; i < kSightSteps; ++i, t *= factor) {
    const Vec3 p = camera.center() + t * direction;
    counts.push_back(
        std::count_if(others.begin(), others.end(), [&](const Camera* other) { return SeesPlace(*other, p); }));
  }
  const int64_t most = *std::max_element(counts.begin(), counts.end());
  if (most == 0) return std::nullopt;
  const auto first = std::find_if(counts.begin(), counts.end(), [&](int64_t count) { return 2 * count >= most; });
  return range.near * std::pow(factor, double(first - counts.begin()));
}

}  // namespace

std::vector<float> CommonSightDistances(const std::vector<Camera>& cameras, const SightRange& range, const Job& job) {
  std::vector<float> distances(cameras.size(), 0);
  const ThreadLimit threads(job.num_threads());
  ParallelFor(int64_t(cameras.size()), [&](int64_t c) {
    job.ThrowIfStopped("comparing what the cameras see");
    const Camera& camera = cameras[size_t(c)];
    std::vector<const Camera*> others;
    const size_t every = (cameras.size() + kMostOthers - 1) / kMostOthers;
    for (size_t i = size_t(c) % every; i < cameras.size(); i += every)
      if (i != size_t(c)) others.push_back(&cameras[i]);
    std::vector<double> found;
    for (int y = 0; y < kSightRays; ++y)
      for (int x = 0; x < kSightRays; ++x) {
        const Vec2 px((x + 0.5) / kSightRays * camera.width, (y + 0.5) / kSightRays * camera.height);
        if (const auto from = CommonFrom(camera, px, others, range)) found.push_back(*from);
      }
    if (!found.empty()) distances[size_t(c)] = float(Quantile(std::move(found), 0.5));
  });
  return distances;
}

}  // namespace sanerf::nerf
