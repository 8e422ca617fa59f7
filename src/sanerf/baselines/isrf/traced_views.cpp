#include "sanerf/baselines/isrf/traced_views.h"

#include <algorithm>
#include <atomic>

#include "sanerf/core/error.h"
#include "sanerf/core/job.h"
#include "sanerf/core/parallel.h"
#include "sanerf/nerf/block_tracer.h"

namespace sanerf {

void TracedRays::Append(const TracedRays& other) {
  const int64_t before = int64_t(samples.size());
  for (size_t i = 1; i < other.first.size(); ++i) first.push_back(before + other.first[i]);
  samples.insert(samples.end(), other.samples.begin(), other.samples.end());
}

TracedRays TraceRays(const NerfModel& nerf, const std::vector<Ray>& rays) {
  TracedRays traced;
  RayTracer tracer(nerf.field(), nerf.occupancy(), nerf.trace_options(), /*keep_waves=*/true);
  ForEachRaySamples(tracer, rays, [&](size_t, const std::vector<int>& slots) {
    for (const int slot : slots) {
      const RaySample sample = SampleInSlot(tracer, slot);
      traced.samples.push_back({{sample.unit[0], sample.unit[1], sample.unit[2]}, sample.weight});
    }
    traced.first.push_back(int64_t(traced.samples.size()));
  });
  return traced;
}

TracedViews TracedViews::Of(const NerfModel& nerf, const std::vector<Camera>& cameras, int size, const Job& job) {
  Task task(job, "trace feature rays", int64_t(cameras.size()), "views");
  std::vector<TracedViews> parts(cameras.size());
  std::atomic<int64_t> done = 0;
  ParallelFor(int64_t(cameras.size()), [&](int64_t v) {
    if (job.stop_requested()) return;
    const Camera camera = cameras[size_t(v)].ResizedToLongest(size).In(nerf.model_from_file());
    const TracedRays traced = TraceRays(nerf, RaysOf(camera, {0, 0, camera.width, camera.height}));
    TracedViews& part = parts[size_t(v)];
    for (int64_t r = 0; r < traced.size(); ++r) {
      if (traced.first[size_t(r)] == traced.first[size_t(r) + 1]) continue;
      const auto begin = traced.samples.begin() + traced.first[size_t(r)],
                 end = traced.samples.begin() + traced.first[size_t(r) + 1];
      part.rays.samples.insert(part.rays.samples.end(), begin, end);
      part.rays.first.push_back(int64_t(part.rays.samples.size()));
      part.places.push_back({int(v), float(double(r % camera.width) + 0.5) / float(camera.width),
                             float(double(r / camera.width) + 0.5) / float(camera.height)});
    }
    task.Update(++done);
  });
  if (job.stop_requested())
    throw InterruptedError("tracing of the feature rays interrupted", "nothing was written", "run the command again");
  TracedViews all;
  for (TracedViews& part : parts) {
    all.rays.Append(part.rays);
    all.places.insert(all.places.end(), part.places.begin(), part.places.end());
    part = TracedViews();
  }
  return all;
}

CellIndex CellsOf(const NerfModel& nerf, const TracedRays& rays, int cells) {
  CellIndex index(cells * (nerf.field().contracted() ? 2 : 1));
  for (const TracedRays::Sample& sample : rays.samples) index.Insert(CellOf(sample.unit, 1, index.cells_per_axis()));
  return index;
}

Touches TouchesOf(const CellIndex& cells, const float* position, int64_t stride, float weight) {
  Touches touches;
  float sum = 0;
  for (const CellCorner& corner : TrilinearCorners(position, stride, cells.cells_per_axis())) {
    const uint32_t number = corner.weight > 0 ? cells.Find(corner.cell) : CellIndex::kNone;
    if (number == CellIndex::kNone) continue;
    touches.all[touches.count++] = {number, corner.weight};
    sum += corner.weight;
  }
  for (size_t i = 0; i < touches.count; ++i) touches.all[i].share *= weight / sum;
  return touches;
}

void AddTouches(const CellIndex& cells, const float* unit, float weight, std::vector<Touch>* touches) {
  const Touches more = TouchesOf(cells, unit, 1, weight);
  touches->insert(touches->end(), more.begin(), more.end());
}

}  // namespace sanerf
