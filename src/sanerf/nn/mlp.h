// A small fully connected network; hidden activations ReLU or LeakyReLU, output linear.
#pragma once

#include <string>
#include <vector>

#include "sanerf/nn/parameters.h"

namespace sanerf::nn {

struct MlpExtras {
  bool bias = false;  // starts at zero
  int skip = 0;       // the layer (counted from 0) that sees the network's input again; 0 = none
};

class Mlp {
 public:
  // widths: input, hidden..., output; all but the last multiples of 16 (field_ranges.h), at most 8 layers, else
  // UsageError: they come from options.
  // Weights start as He et al. 2015 (uniform).
  Mlp(const std::string& name, const std::vector<int>& widths, float leak, uint64_t seed, const MlpExtras& extras = {});

  const kernels::MlpShape& shape() const { return shape_; }
  int num_inputs() const { return shape_.widths[0]; }
  int num_outputs() const { return shape_.widths[shape_.num_layers]; }
  Parameters& params() { return params_; }
  const Parameters& params() const { return params_; }

  // Tiled layouts of kernels.h. Calling thread only; the backward adds into the caller's own grad_weights, so that
  // parallel callers can be summed in a fixed order.
  void Forward(const float* x, int64_t num_tiles, float* hidden, float* out) const;
  void Backward(const float* x, const float* hidden, const float* grad_out, int64_t num_tiles, float* grad_x,
                float* grad_weights, float* scratch) const;
  int64_t ScratchSize() const { return kernels::MlpScratchSize(shape_); }

 private:
  kernels::MlpShape shape_;
  Parameters params_;
};

}  // namespace sanerf::nn
