// Layer normalization over channels, with trainable gain and bias.
#pragma once

#include <string>

#include "sanerf/kernels/isa.h"
#include "sanerf/nn/parameters.h"

namespace sanerf::nn {

class LayerNorm {
 public:
  // Gains start at one, biases at zero.
  LayerNorm(const std::string& name, int channels) : channels_(channels) {
    params_.name = name;
    params_.values = Buffer(2 * int64_t{channels});
    for (int c = 0; c < channels; ++c) params_.values[c] = 1;
  }

  int channels() const { return channels_; }
  Parameters& params() { return params_; }  // gains, then biases
  const Parameters& params() const { return params_; }

  // Tiled layouts of kernels.h; the backward adds into the caller's own grads, laid out as params().
  void Forward(const float* x, int64_t num_tiles, float* stats, float* out) const {
    const float* values = params_.values.data();
    kernels::Kernels().layer_norm_forward(channels_, values, values + channels_, x, num_tiles, stats, out);
  }
  void Backward(const float* x, const float* stats, const float* grad_out, int64_t num_tiles, float* grad_x,
                float* grads) const {
    kernels::Kernels().layer_norm_backward(channels_, params_.values.data(), x, stats, grad_out, num_tiles, grad_x,
                                           grads, grads + channels_);
  }

 private:
  int channels_;
  Parameters params_;
};

}  // namespace sanerf::nn
