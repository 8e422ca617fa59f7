// Rays of the training views through the frozen radiance field: where they leave their light, traced once.
#pragma once

#include <array>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/mask_aggregator/cell_index.h"
#include "sanerf/nerf/model.h"
#include "sanerf/nerf/traced_rays.h"

namespace sanerf::baselines {

struct TracedViews {
  struct Place {
    int view;    // index among the cameras
    float x, y;  // in the image, as shares of its sides
  };
  nerf::TracedRays rays;
  std::vector<Place> places;  // of the rays

  // cameras: file frame. A grid of rays per view, `size` of them along the longer side; those that meet nothing are
  // left out. Throws InterruptedError.
  static TracedViews Of(const nerf::NerfModel& nerf, const std::vector<Camera>& cameras, int size, const Job& job);
};

// A cell that a sample's value is interpolated from, and its weight in it.
struct CellWeight {
  uint32_t cell;
  float weight;
};
// Those of one sample.
struct CellWeights {
  std::array<CellWeight, 8> all;
  size_t count = 0;
  const CellWeight* begin() const { return all.data(); }
  const CellWeight* end() const { return all.data() + count; }
};
// The cells that samples fall into: of radiance field `nerf`, `cells` per axis of [-1, 1]^3.
mask_aggregator::CellIndex CellsOf(const nerf::NerfModel& nerf, const nerf::TracedRays& rays, int cells);
// Between the middles of the cells that exist: weights that add up to `sum`, none where no cell is. The position has
// three coordinates.
CellWeights TrilinearWeights(const mask_aggregator::CellIndex& cells, const float* position, float sum);
// Those of a ray's samples, one after the other, appended.
void AddTrilinearWeights(const mask_aggregator::CellIndex& cells, const nerf::TracedRays& rays, size_t ray,
                         std::vector<CellWeight>* weights);

}  // namespace sanerf::baselines
