#include "sanerf/export/seen_surfaces.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace sanerf::exports {
namespace {

constexpr int kDepthSide = 320;      // pixels on the longer side
constexpr double kSameDepth = 0.02;  // share of the depth: what a pixel of this size spans on a slanted surface

}  // namespace

SeenSurfaces::SeenSurfaces(const nerf::NerfModel& nerf, const scene::Scene& scene, const Job& job) {
  const std::vector<int> views = scene.TrainViews();
  Task task(job, "depth", int64_t(views.size()), "photos");
  for (const int v : views) {
    job.ThrowIfStopped("rendering depth");
    const Camera camera = scene.views[size_t(v)].camera.ResizedToLongest(kDepthSide);
    views_.push_back({camera, nerf.Render(camera, job).depth});
    task.Update(int64_t(views_.size()));
  }
  task.Finish();
}

// Of the pixel and those around it, one perhaps shows the place: outlines are not known to the pixel.
bool SeenSurfaces::Shows(const Seen& seen, const Vec3& p) {
  const double depth = seen.camera.ZDepth(p);
  if (depth <= 0) return false;
  const std::optional<Vec2> px = seen.camera.Project(p);
  if (!px || !seen.camera.Contains(*px)) return false;
  const int x = int(px->x()), y = int(px->y());
  for (int v = std::max(0, y - 1); v <= std::min(seen.depth.height - 1, y + 1); ++v)
    for (int u = std::max(0, x - 1); u <= std::min(seen.depth.width - 1, x + 1); ++u) {
      const double there = double(seen.depth.At(u, v));
      if (there > 0 && std::abs(there - depth) <= kSameDepth * depth) return true;
    }
  return false;
}

bool SeenSurfaces::Has(const Vec3& p) const {
  return std::any_of(views_.begin(), views_.end(), [&](const Seen& seen) { return Shows(seen, p); });
}

}  // namespace sanerf::exports
