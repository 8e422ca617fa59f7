// Coarse to fine: the levels of the hash grid open one after the other over the first part of the training, so that the
// coarse ones say where things are before the fine ones can explain single photos.
#pragma once

#include <cstdint>
#include <vector>

#include "sanerf/nerf/options.h"

namespace sanerf::nerf {

// What the levels' outputs are multiplied with after so many steps: the window of Nerfies (Park et al. 2021, Eq. 8)
// with a level in a frequency's place, w_l = (1 - cos(pi clamp(open - l, 0, 1))) / 2, where open goes from
// coarse_levels to levels over that share of the steps. Empty: all are open.
std::vector<float> LevelWeights(const NerfOptions& options, int64_t step);

}  // namespace sanerf::nerf
