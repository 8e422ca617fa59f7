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

// A cell that a sample looks at, and the share of the sample's value that comes from it.
struct Touch {
  uint32_t cell;
  float share;
};
// Those of one sample.
struct Touches {
  std::array<Touch, 8> all;
  size_t count = 0;
  const Touch* begin() const { return all.data(); }
  const Touch* end() const { return all.data() + count; }
};
// The cells that samples fall into: of radiance field `nerf`, `cells` per axis of [-1, 1]^3.
mask_aggregator::CellIndex CellsOf(const nerf::NerfModel& nerf, const nerf::TracedRays& rays, int cells);
// Trilinear between the middles of the cells that exist: shares that add up to `weight`, none where no cell is. The
// position has three coordinates.
Touches TouchesOf(const mask_aggregator::CellIndex& cells, const float* position, float weight);
// Those of a ray's samples, one after the other, appended.
void AddTouches(const mask_aggregator::CellIndex& cells, const nerf::TracedRays& rays, size_t ray,
                std::vector<Touch>* touches);

}  // namespace sanerf::baselines
