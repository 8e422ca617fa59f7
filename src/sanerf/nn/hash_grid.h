// Multiresolution hash grid (Mueller et al. 2022): positions in the unit cube to features.
#pragma once

#include <string>
#include <vector>

#include "sanerf/nn/parameters.h"

namespace sanerf::nn {

struct HashGridOptions {
  int levels = 16;
  int features = 2;     // per level: 2, 4 or 8
  int log2_table = 19;  // rows of a hashed level
  int base = 16;        // nodes per axis of the coarsest level
  int top = 2048;       // of the finest; levels in between grow geometrically
};

// Where a loss touched the grid and how: tiled positions [3] and gradients of the outputs.
struct GridGradient {
  int64_t num_tiles = 0;
  Buffer positions, grad_features;
};

// Values of the table. Throws UsageError for options out of range (field_ranges.h), or whose top is below their base.
int64_t NumTableValues(const HashGridOptions& options);

class HashGrid {
 public:
  // Entries start uniform in [-1e-4, 1e-4]. Throws UsageError as NumTableValues does.
  HashGrid(const std::string& name, const HashGridOptions& options, uint64_t seed);

  const kernels::GridShape& shape() const { return shape_; }
  int num_outputs() const { return shape_.num_levels * shape_.num_features; }
  Parameters& params() { return params_; }
  const Parameters& params() const { return params_; }

  // What the outputs of each level are multiplied with from now on, for levels that open one after the other; empty
  // = 1. Not while others read the grid.
  void SetLevelWeights(std::vector<float> weights);
  const std::vector<float>& level_weights() const { return level_weights_; }

  // Tiled layouts of kernels.h. Calling thread only.
  void Forward(const float* positions, int64_t num_tiles, float* out) const;
  // Gradient and optimizer step of one level in one go, while its rows are in the caches. Levels are independent.
  // grad_out: by the outputs of Forward.
  void BackwardLevel(int level, const float* positions, const float* grad_out, int64_t num_tiles);
  void BackwardLevel(int level, const GridGradient& g) {
    BackwardLevel(level, g.positions.data(), g.grad_features.data(), g.num_tiles);
  }
  void StepLevel(int level, const kernels::AdamStep& step);

 private:
  kernels::GridShape shape_;
  Parameters params_;
  std::vector<float> level_weights_;
};

}  // namespace sanerf::nn
