// For tests only: a gradient of many parameters against differences of the loss.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "sanerf/nn/parameters.h"

namespace sanerf::nn {

struct DifferenceCheck {
  int num_params = 8;
  float h = 1e-3f;
  double relative = 0.02, absolute = 1e-4;  // error allowed
};

// Central differences of loss() at the parameters with the largest gradients: there single precision leaves enough
// digits.
template <class Loss>
void ExpectGradientsMatchDifferences(Parameters& params, const Buffer& grads, const Loss& loss,
                                     const DifferenceCheck& check) {
  std::vector<int64_t> order(static_cast<size_t>(params.size()));
  std::iota(order.begin(), order.end(), int64_t{0});
  std::partial_sort(order.begin(), order.begin() + check.num_params, order.end(),
                    [&](int64_t a, int64_t b) { return std::abs(grads[a]) > std::abs(grads[b]); });
  for (int k = 0; k < check.num_params; ++k) {
    const int64_t i = order[size_t(k)];
    float& p = params.values[i];
    const float kept = p;
    p = kept + check.h;
    const double up = loss();
    p = kept - check.h;
    const double down = loss();
    p = kept;
    const double want = (up - down) / (2 * double(check.h));
    EXPECT_NEAR(grads[i], want, check.relative * std::abs(want) + check.absolute) << params.name << " " << i;
  }
}

}  // namespace sanerf::nn
