#include <gtest/gtest.h>

#include <cmath>

#include "sanerf/kernels/kernels_test_support.h"
#include "sanerf/kernels/reference.h"

namespace sanerf::kernels {
namespace {

using Doubles = std::vector<double>;

Doubles RandomDoubles(int n, double lowest, double highest, uint64_t seed) {
  const auto floats = RandomFloats(n, float(lowest), float(highest), seed);
  return {floats.begin(), floats.end()};
}

double Dot(const Doubles& a, const Doubles& b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

TEST(LayerNormReference, AnswersByHand) {
  // Mean 2, variance ((1-2)^2 + (3-2)^2) / 2 = 1: normalized -1 and 1.
  const Doubles y = reference::LayerNormForward<double>({10, 20}, {1, 2}, {1, 3});
  EXPECT_NEAR(y[0], -9, 1e-4);
  EXPECT_NEAR(y[1], 22, 2e-4);
}

TEST(LayerNormReference, BackwardIsTheDerivative) {
  const int n = 7;
  Doubles gain = RandomDoubles(n, 0.5, 2, 1), bias = RandomDoubles(n, -1, 1, 2), x = RandomDoubles(n, -1, 1, 3);
  const Doubles grad_out = RandomDoubles(n, -1, 1, 4);
  Doubles grad_gain(n, 0), grad_bias(n, 0);
  const Doubles grad_x = reference::LayerNormBackward(gain, x, grad_out, &grad_gain, &grad_bias);
  const auto expect_derivative = [&](Doubles* of, const Doubles& gradient, const char* what) {
    for (size_t i = 0; i < size_t(n); ++i) {
      const double kept = (*of)[i], h = 1e-6;
      (*of)[i] = kept + h;
      const double up = Dot(reference::LayerNormForward(gain, bias, x), grad_out);
      (*of)[i] = kept - h;
      const double down = Dot(reference::LayerNormForward(gain, bias, x), grad_out);
      (*of)[i] = kept;
      EXPECT_NEAR(gradient[i], (up - down) / (2 * h), 1e-7) << what << " " << i;
    }
  };
  expect_derivative(&x, grad_x, "input");
  expect_derivative(&gain, grad_gain, "gain");
  expect_derivative(&bias, grad_bias, "bias");
}

class LayerNormTest : public BuildTest {};
SANERF_TEST_ALL_BUILDS(LayerNormTest);

TEST_P(LayerNormTest, MatchesTwin) {
  constexpr int64_t kTiles = 2, kSamples = kTiles * kTile;
  for (const int channels : {256, 5, 1}) {
    const auto x = RandomFloats(kSamples * channels, -2, 3, 10), gain = RandomFloats(channels, 0.5f, 2, 11),
               bias = RandomFloats(channels, -1, 1, 12), grad_out = RandomFloats(kSamples * channels, -1, 1, 13);
    std::vector<float> stats(2 * kSamples, NAN), out(x.size(), NAN), grad_x = grad_out;  // in place, as is allowed
    std::vector<float> grad_gain(size_t(channels), 0.25f), grad_bias(size_t(channels), -0.5f);
    GetParam()->layer_norm_forward(channels, gain.data(), bias.data(), x.data(), kTiles, stats.data(), out.data());
    GetParam()->layer_norm_backward(channels, gain.data(), x.data(), stats.data(), grad_x.data(), kTiles, grad_x.data(),
                                    grad_gain.data(), grad_bias.data());
    const Doubles gain_double(gain.begin(), gain.end()), bias_double(bias.begin(), bias.end());
    Doubles expected_gain(size_t(channels), 0.25), expected_bias(size_t(channels), -0.5);
    for (int64_t s = 0; s < kSamples; ++s) {
      const Doubles y = reference::LayerNormForward(gain_double, bias_double, SampleOf(x, channels, s));
      const Doubles g = reference::LayerNormBackward(gain_double, SampleOf(x, channels, s),
                                                     SampleOf(grad_out, channels, s), &expected_gain, &expected_bias);
      for (int c = 0; c < channels; ++c) {
        ASSERT_NEAR(out[TiledIndex(channels, s, c)], y[size_t(c)], 2e-5) << channels << ", sample " << s;
        // One channel alone is always its own mean: its gradient is a difference of equal numbers.
        ASSERT_NEAR(grad_x[TiledIndex(channels, s, c)], g[size_t(c)], channels == 1 ? 1e-3 : 2e-5) << channels;
      }
    }
    for (int c = 0; c < channels; ++c) {
      ASSERT_NEAR(grad_gain[size_t(c)], expected_gain[size_t(c)], 2e-4) << channels << ", channel " << c;
      ASSERT_NEAR(grad_bias[size_t(c)], expected_bias[size_t(c)], 2e-4) << channels << ", channel " << c;
    }
  }
}

}  // namespace
}  // namespace sanerf::kernels
