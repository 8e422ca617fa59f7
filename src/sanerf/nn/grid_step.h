// One optimiser step of a hash grid and of the networks behind it, in parallel.
#pragma once

#include <functional>
#include <vector>

#include "sanerf/nn/hash_grid.h"

namespace sanerf {

// One job per level: scatters the gradients, then Adam while the level's rows are cached, rows without a gradient left
// alone; and one job that calls step_networks. Gradients are added in their order, so the sums do not depend on
// threads.
void StepGridAndNetworks(HashGrid* grid, const std::vector<const GridGradient*>& gradients,
                         const kernels::AdamStep& step, const std::function<void()>& step_networks);

// params.grads += grads.
void AddGradients(const Buffer& grads, Parameters* params);

}  // namespace sanerf
