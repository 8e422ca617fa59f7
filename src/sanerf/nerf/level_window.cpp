#include "sanerf/nerf/level_window.h"

#include <algorithm>
#include <cmath>

namespace sanerf::nerf {

std::vector<float> LevelWeights(const NerfOptions& options, int64_t step) {
  const double steps = double(options.coarse_to_fine) * options.iters;
  if (double(step) >= steps || options.coarse_levels >= options.levels) return {};
  const double open = options.coarse_levels + (options.levels - options.coarse_levels) * double(step) / steps;
  std::vector<float> weights;
  for (int l = 0; l < options.levels; ++l)
    weights.push_back(float(0.5 * (1 - std::cos(M_PI * std::clamp(open - l, 0.0, 1.0)))));
  return weights;
}

}  // namespace sanerf::nerf
