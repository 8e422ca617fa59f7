#include "sanerf/nerf/moving_part.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "sanerf/core/check.h"

namespace sanerf::nerf {

nn::HashGridOptions MovingGridOptions(const NerfOptions& o, bool contracted, int num_moments) {
  nn::HashGridOptions grid{o.levels, o.features, o.moving_log2_table, o.base, o.top * (contracted ? 2 : 1)};
  grid.time_top = std::max(2, num_moments);
  grid.time_base = std::clamp(int(std::lround(double(o.time_coarsest) * num_moments)), 2, grid.time_top);
  grid.linear_time = o.time_interpolation == TimeInterpolation::kLinear;
  return grid;
}

nn::HashGridOptions MaskGridOptions(const NerfOptions& o) {
  const int64_t num_cells = int64_t(o.mask_resolution) * o.mask_resolution * o.mask_resolution;
  const int log2_table = std::max(8, int(std::bit_width(uint64_t(num_cells - 1))));  // dense
  return {1, 2, log2_table, o.mask_resolution, o.mask_resolution};
}

MovingPart::MovingPart(const NerfOptions& o, bool contracted, int num_moments, uint64_t seed)
    : grid(kGridName, MovingGridOptions(o, contracted, num_moments), seed),
      mask(kMaskName, MaskGridOptions(o), seed + 1),
      num_moments_(num_moments),
      mask_rate_(o.mask_rate) {
  SANERF_CHECK_GE(num_moments, 2);
}

int MovingPart::MomentOf(float time) const {
  return std::clamp(int(std::lround(time * float(num_moments_ - 1))), 0, num_moments_ - 1);
}

}  // namespace sanerf::nerf
