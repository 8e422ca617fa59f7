// One optimizer step: of a field, which is a hash grid (or several) and the networks behind it, or of parameters by
// themselves. All that is trained is stepped here.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "sanerf/nn/hash_grid.h"

namespace sanerf::nn {

// What one group of rays adds to a step; computed by one thread.
struct FieldGradient {
  GridGradient grid;
  std::vector<GridGradient> more_grids = {};  // in the order of their field; of fields that have some
  std::vector<Buffer> networks;               // of the networks' parameters, in the order of their field
  double loss = 0;

  // Zeros for these networks.
  void Clear(std::span<const Parameters* const> of_networks);
};

struct FieldParameters {
  struct OtherGrid {
    HashGrid* grid;
    float rate = 1;  // learning rate, as a share of the first grid's
  };

  HashGrid* grid;
  std::vector<Parameters*> networks;
  float network_rate = 1;  // learning rate of the networks, as a share of the grid's: wide ones die at its rate
  std::vector<OtherGrid> more_grids = {};

  void PrepareTraining() const;
  void Freeze() const;  // releases gradients and moments
};

// Adam on the sum of the groups' gradients, in parallel: a job per level of the grid scatters the gradients and steps
// while the level's rows are cached, rows without a gradient left alone; one more job does the networks. Gradients are
// added in their order, so the sums do not depend on threads.
void StepField(const FieldParameters& field, std::span<const FieldGradient* const> groups,
               const kernels::AdamStep& adam);
void StepField(const FieldParameters& field, std::span<const FieldGradient> groups, const kernels::AdamStep& adam);

// Adam on parameters whose gradients are added already, on the calling thread.
void StepParameters(Parameters* params, const kernels::AdamStep& adam);
// The same of these rows, of `width` values each; all others stay as they are.
void StepRows(Parameters* params, int width, std::span<const uint32_t> rows, const kernels::AdamStep& adam);

// Exponential decay from 1 to final_share over num_steps steps; stays there after.
template <class T>
T DecayedRate(T final_share, int64_t step, int64_t num_steps) {
  return std::pow(final_share, std::min(T(1), T(step) / T(std::max<int64_t>(1, num_steps))));
}

// Throws Error "WHERE: the loss is not a number" with a hint to lower the option (nerf.lr, say).
void CheckLoss(double loss, const std::string& where, const std::string& rate_option);

}  // namespace sanerf::nn
