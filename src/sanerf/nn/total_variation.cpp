#include "sanerf/nn/total_variation.h"

#include <algorithm>

#include "sanerf/core/check.h"
#include "sanerf/core/random.h"

namespace sanerf::nn {

int NumDenseLevels(const HashGrid& grid) {
  const kernels::GridShape& shape = grid.shape();
  int count = 0;
  while (count < shape.num_levels && shape.levels[count].dense) ++count;
  return count;
}

double AddTotalVariation(const VariationSample& sample, float scale, HashGrid* grid) {
  const kernels::GridLevel& level = grid->shape().levels[sample.level];
  SANERF_CHECK(level.dense);
  const int features = grid->shape().num_features;
  const uint32_t res = level.resolution;
  const int64_t strides[3] = {1, int64_t(res), int64_t(res) * res};
  Parameters& params = grid->params();
  const auto place = [&](int64_t row) { return (int64_t(level.row_offset) + row) * features; };
  const auto is_trained = [&](int64_t row) {
    if (!sample.only_trained) return true;
    const float* moments = params.v.data() + place(row);
    return std::any_of(moments, moments + features, [](float v) { return v != 0; });
  };
  Random random(sample.seed, sample.step, uint64_t(sample.level));
  const float by = 2 * scale / float(std::max(1, sample.num_cells));
  double sum = 0;
  for (int cell = 0; cell < sample.num_cells; ++cell) {
    int64_t row = 0;
    for (const int64_t stride : strides) row += stride * int64_t(random.NextBelow(res - 1));
    if (!is_trained(row)) continue;
    const float* here = params.values.data() + place(row);
    float* grad_here = params.grads.data() + place(row);
    for (const int64_t stride : strides) {
      if (!is_trained(row + stride)) continue;
      const float* next = params.values.data() + place(row + stride);
      float* grad_next = params.grads.data() + place(row + stride);
      for (int f = 0; f < features; ++f) {
        const float difference = here[f] - next[f];
        sum += double(difference) * difference;
        grad_here[f] += by * difference;
        grad_next[f] -= by * difference;
      }
    }
  }
  return sum / std::max(1, sample.num_cells);
}

}  // namespace sanerf::nn
