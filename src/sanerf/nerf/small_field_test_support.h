// For tests: a radiance field whose steps take a moment.
#pragma once

#include "sanerf/nerf/options.h"

namespace sanerf::nerf {

inline NerfOptions SmallOptions() {
  NerfOptions o;
  o.iters = 40;
  o.batch_samples = 1 << 13;
  o.log2_table = 12;
  o.levels = 8;
  o.top = 256;
  o.occupancy_resolution = 32;
  o.occupancy_every = 4;
  o.step = 0.02f;
  return o;
}

}  // namespace sanerf::nerf
