// Rays of the training views through the frozen radiance field: where they leave their light, traced once.
#pragma once

#include <array>
#include <vector>

#include "sanerf/mask_aggregator/cell_index.h"
#include "sanerf/nerf/ray_samples.h"

namespace sanerf {

struct TracedRays {
  struct Sample {
    float unit[3];  // in the grid's unit cube
    float weight;
  };
  std::vector<int64_t> first = {0};  // sample of each ray, front to back; one more at the end
  std::vector<Sample> samples;

  int64_t size() const { return int64_t(first.size()) - 1; }
  void Append(const TracedRays& other);
};
TracedRays TraceRays(const NerfModel& nerf, const std::vector<Ray>& rays);

struct TracedViews {
  struct Place {
    int view;    // index among the cameras
    float x, y;  // in the image, as shares of its sides
  };
  TracedRays rays;
  std::vector<Place> places;  // of the rays

  // cameras: file frame. A grid of rays per view, `size` of them along the longer side; those that meet nothing are
  // left out. Throws InterruptedError.
  static TracedViews Of(const NerfModel& nerf, const std::vector<Camera>& cameras, int size, const Job& job);
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
CellIndex CellsOf(const NerfModel& nerf, const TracedRays& rays, int cells);
// Trilinear between the middles of the cells that exist: shares that add up to `weight`, none where no cell is. The
// position's axes are `stride` floats apart.
Touches TouchesOf(const CellIndex& cells, const float* position, int64_t stride, float weight);
// The same of a sample, appended.
void AddTouches(const CellIndex& cells, const float* unit, float weight, std::vector<Touch>* touches);

}  // namespace sanerf
