#include "sanerf/nerf/view_support.h"

#include <algorithm>
#include <cmath>
#include <mutex>

#include "sanerf/core/parallel.h"
#include "sanerf/nerf/block_tracer.h"
#include "sanerf/nerf/ray_tracer.h"

namespace sanerf::nerf {
namespace {

constexpr float kSeenLight = 0.01f;       // of a ray, from one cell; as occupancy_grid.cpp's step that counts
constexpr double kMostSupportRays = 6e6;  // of all cameras together: seconds, beside minutes of training
constexpr int kSmallestLook = 48;

// Longest side of the pictures. A cell of cascade c is 2^(c+1) / resolution wide and about 2^c away or nearer, so that
// it is seen under an angle of 1 / resolution at least, and an opening of one radian has so many of them across; twice
// that, since cells are also seen along their faces.
int SupportSize(int resolution, size_t num_cameras) {
  const double fits = std::sqrt(kMostSupportRays / std::max<double>(1, double(num_cameras)));
  return std::max(kSmallestLook, int(std::min(2.0 * resolution, fits)));
}

// Light that the rays of a block get from each cell that they pass, cell after cell.
class CellLight {
 public:
  explicit CellLight(const OccupancyGrid& occupancy)
      : occupancy_(occupancy), is_seen_(size_t(occupancy.num_cells()), false) {}

  const std::vector<uint32_t>& seen() const { return seen_; }  // each once

  void Trace(const std::vector<Ray>& rays, RayTracer* tracer) {
    passing_.assign(rays.size(), {});
    tracer->Begin(rays.data(), nullptr, int(rays.size()));
    while (tracer->NextWave()) {
      for (const RaySegment& segment : tracer->segments())
        for (int slot = segment.slot; slot < segment.slot + segment.count; ++slot)
          Add(rays[size_t(segment.ray)], tracer->t()[slot], tracer->weights()[slot], &passing_[size_t(segment.ray)]);
    }
  }

 private:
  struct Passing {
    int64_t cell = -1;
    float light = 0;
  };

  void Add(const Ray& ray, float t, float weight, Passing* passing) {
    float p[3];
    for (int a = 0; a < 3; ++a) p[a] = ray.origin[a] + t * ray.direction[a];
    uint32_t cell;
    if (!occupancy_.CellOf(p, &cell)) return;
    if (passing->cell != int64_t(cell)) *passing = {int64_t(cell), 0};
    passing->light += weight;
    if (passing->light < kSeenLight || is_seen_[cell]) return;
    is_seen_[cell] = true;
    seen_.push_back(cell);
  }

  const OccupancyGrid& occupancy_;
  std::vector<bool> is_seen_;
  std::vector<uint32_t> seen_;
  std::vector<Passing> passing_;
};

}  // namespace

std::vector<uint8_t> NumViewsOfCells(const TracedField& traced, const std::vector<Camera>& cameras, const Job& job) {
  const size_t num_cells = size_t(traced.occupancy.num_cells());
  const int longest = SupportSize(traced.occupancy.view().resolution, cameras.size());
  std::vector<uint8_t> num_views(num_cells, 0);
  std::mutex mutex;
  int64_t done = 0;
  const ThreadLimit threads(job.num_threads());
  Task task(job, "compare what the photos see", int64_t(cameras.size()), "photos");
  ParallelFor(int64_t(cameras.size()), [&](int64_t c) {
    const Camera camera = cameras[size_t(c)].ResizedToLongest(longest);
    RayTracer tracer(traced, /*keep_waves=*/false);
    CellLight light(traced.occupancy);
    for (int64_t b = 0; b < NumBlocks(camera.width, camera.height); ++b) {
      job.ThrowIfStopped("comparing what the photos see");
      light.Trace(RaysOf(camera, BlockOf(b, camera.width, camera.height)), &tracer);
    }
    const std::lock_guard lock(mutex);  // counts do not depend on the order
    for (const uint32_t cell : light.seen())
      if (num_views[cell] < 255) ++num_views[cell];
    task.Update(++done);
  });
  task.Finish();
  return num_views;
}

int64_t PruneUnsupported(const TracedField& traced, const std::vector<Camera>& cameras, int fewest,
                         OccupancyGrid* occupancy, const Job& job) {
  const std::vector<uint8_t> num_views = NumViewsOfCells(traced, cameras, job);
  const int needed = std::min({fewest, 255, std::max(1, int(cameras.size()))});
  std::vector<bool> keep(num_views.size());
  for (size_t cell = 0; cell < keep.size(); ++cell) keep[cell] = num_views[cell] >= needed;
  return occupancy->KeepOnly(keep);
}

}  // namespace sanerf::nerf
