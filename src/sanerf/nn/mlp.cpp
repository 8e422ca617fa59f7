#include "sanerf/nn/mlp.h"

#include <fmt/format.h>

#include <cmath>

#include "sanerf/core/check.h"
#include "sanerf/core/error.h"
#include "sanerf/core/random.h"
#include "sanerf/kernels/isa.h"
#include "sanerf/nn/field_ranges.h"

namespace sanerf::nn {

static_assert(kHiddenLayers.high == kernels::kMaxLayers - 1);  // and one behind them

Mlp::Mlp(const std::string& name, const std::vector<int>& widths, float leak, uint64_t seed, const MlpExtras& extras) {
  if (widths.size() < 2 || widths.size() > size_t(kernels::kMaxLayers + 1))
    throw UsageError(fmt::format("network {} with {} widths", name, widths.size()),
                     fmt::format("it has an input, up to {:g} hidden widths and an output", kHiddenLayers.high));
  shape_.num_layers = int(widths.size()) - 1;
  shape_.leak = leak;
  shape_.bias = extras.bias;
  shape_.skip = extras.skip;
  SANERF_CHECK_GE(extras.skip, 0);
  SANERF_CHECK_LT(extras.skip, shape_.num_layers);
  for (size_t i = 0; i < widths.size(); ++i) {
    shape_.widths[i] = widths[i];
    const bool is_output = i + 1 == widths.size();
    const char* what = is_output ? "outputs" : i == 0 ? "inputs" : "in a hidden layer";
    const Range& range = is_output ? kNetworkOutputs : kNetworkWidth;
    if (widths[i] < range.low || widths[i] > range.high)
      throw UsageError(fmt::format("network {} with {} {}", name, widths[i], what),
                       fmt::format("it must be from {:g} to {:g}", range.low, range.high));
    if (!is_output && widths[i] % 16 != 0)
      throw UsageError(fmt::format("network {} with {} {}", name, widths[i], what), "it must be a multiple of 16",
                       i == 0 ? "of a hash grid: levels times features" : "");
  }
  params_.name = name;
  params_.values = Buffer(shape_.NumWeights());
  Random random(seed, 0x6d6c70);
  float* w = params_.values.data();
  for (int layer = 0; layer < shape_.num_layers; ++layer) {
    const float bound = std::sqrt(6.0f / float(shape_.InWidth(layer)));
    const int num_weights = shape_.InWidth(layer) * shape_.widths[layer + 1];
    for (int i = 0; i < num_weights; ++i) *w++ = (2 * random.NextFloat() - 1) * bound;
    w += shape_.LayerSize(layer) - num_weights;  // biases
  }
}

void Mlp::Forward(const float* x, int64_t num_tiles, float* hidden, float* out) const {
  kernels::Kernels().mlp_forward(shape_, params_.values.data(), x, num_tiles, hidden, out);
}

void Mlp::Backward(const float* x, const float* hidden, const float* grad_out, int64_t num_tiles, float* grad_x,
                   float* grad_weights, float* scratch) const {
  kernels::Kernels().mlp_backward(shape_, params_.values.data(), x, hidden, grad_out, num_tiles, grad_x, grad_weights,
                                  scratch);
}

}  // namespace sanerf::nn
