#include "sanerf/baselines/isrf/traced_views.h"

#include "sanerf/core/job.h"
#include "sanerf/nerf/trace.h"

namespace sanerf::baselines {

using mask_aggregator::CellIndex;

TracedViews TracedViews::Of(const nerf::NerfModel& nerf, const std::vector<Camera>& cameras, int size, const Job& job) {
  Task task(job, "trace feature rays", int64_t(cameras.size()), "views");
  TracedViews all;
  for (size_t v = 0; v < cameras.size(); ++v) {
    const Camera camera = cameras[v].ResizedToLongest(size).In(nerf.model_from_file());
    nerf::TracedRays traced = nerf::Trace(nerf, nerf::RaysOf(camera, {0, 0, camera.width, camera.height}), {}, job);
    for (const int64_t pixel : traced.DropEmptyRays())
      all.places.push_back({int(v), float(double(pixel % camera.width) + 0.5) / float(camera.width),
                            float(double(pixel / camera.width) + 0.5) / float(camera.height)});
    all.rays.Append(traced);
    task.Update(int64_t(v) + 1);
  }
  task.Finish();
  return all;
}

CellIndex CellsOf(const nerf::NerfModel& nerf, const nerf::TracedRays& rays, int cells) {
  CellIndex index(cells * (nerf.contracted() ? 2 : 1));
  for (const auto& position : rays.unit) index.Insert(mask_aggregator::CellOf(position.data(), index.cells_per_axis()));
  return index;
}

CellWeights TrilinearWeights(const CellIndex& cells, const float* position, float sum) {
  CellWeights weights;
  float sum_here = 0;
  for (const mask_aggregator::CellCorner& corner :
       mask_aggregator::TrilinearCorners(position, cells.cells_per_axis())) {
    const uint32_t number = corner.weight > 0 ? cells.Find(corner.cell) : CellIndex::kNone;
    if (number == CellIndex::kNone) continue;
    weights.all[weights.count++] = {number, corner.weight};
    sum_here += corner.weight;
  }
  for (size_t i = 0; i < weights.count; ++i) weights.all[i].weight *= sum / sum_here;
  return weights;
}

void AddTrilinearWeights(const CellIndex& cells, const nerf::TracedRays& rays, size_t ray,
                         std::vector<CellWeight>* weights) {
  for (size_t s = size_t(rays.first[ray]); s < size_t(rays.first[ray + 1]); ++s) {
    const CellWeights more = TrilinearWeights(cells, rays.unit[s].data(), rays.weight[s]);
    weights->insert(weights->end(), more.begin(), more.end());
  }
}

}  // namespace sanerf::baselines
