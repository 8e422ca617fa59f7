#include "sanerf/nn/grid_step.h"

#include "sanerf/core/parallel.h"

namespace sanerf {

void StepGridAndNetworks(HashGrid* grid, const std::vector<const GridGradient*>& gradients,
                         const kernels::AdamStep& step, const std::function<void()>& step_networks) {
  kernels::AdamStep sparse = step;
  sparse.skip_zero = true;
  const int num_levels = grid->shape().num_levels;
  ParallelFor(num_levels + 1, [&](int64_t job) {
    if (job == 0) return step_networks();
    const int level = num_levels - int(job);  // the fine, slow ones first
    for (const GridGradient* gradient : gradients) grid->BackwardLevel(level, *gradient);
    grid->StepLevel(level, sparse);
  });
}

void AddGradients(const Buffer& grads, Parameters* params) {
  for (int64_t i = 0; i < params->size(); ++i) params->grads[i] += grads[i];
}

}  // namespace sanerf
