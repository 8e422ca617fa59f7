#include "sanerf/nn/mlp.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

#include "sanerf/core/error.h"
#include "sanerf/core/folder_test_support.h"

namespace sanerf::nn {
namespace {

using ::testing::HasSubstr;

TEST(Mlp, StartsWithinHesBounds) {
  const Mlp mlp("color", {32, 64, 64, 3}, 0, 1);
  EXPECT_EQ(mlp.num_inputs(), 32);
  EXPECT_EQ(mlp.num_outputs(), 3);
  ASSERT_EQ(mlp.params().size(), 32 * 64 + 64 * 64 + 64 * 3);
  const float* w = mlp.params().values.data();
  const int widths[4] = {32, 64, 64, 3};
  for (int layer = 0; layer < 3; ++layer) {
    const double bound = std::sqrt(6.0 / widths[layer]);
    const int n = widths[layer] * widths[layer + 1];
    double most = 0, squares = 0;
    for (int i = 0; i < n; ++i, ++w) {
      most = std::max(most, std::abs(double(*w)));
      squares += double(*w) * double(*w);
    }
    EXPECT_LE(most, bound * 1.000001) << layer;
    EXPECT_GT(most, 0.95 * bound) << layer;
    // Variance 2 / inputs keeps the size of the activations through ReLU layers.
    EXPECT_NEAR(squares / n * widths[layer] / 2, 1, 0.15) << layer;
  }
}

TEST(Mlp, BiasesStartAtZeroAndSkipsCountAsInputs) {
  const Mlp mlp("m", {32, 64, 3}, 0.01f, 1, {.bias = true, .skip = 1});
  ASSERT_EQ(mlp.params().size(), 32 * 64 + 64 + (64 + 32) * 3 + 3);
  const Buffer& w = mlp.params().values;
  double most = 0;
  for (int64_t i = 0; i < w.size(); ++i) {
    const bool is_bias = (i >= 32 * 64 && i < 33 * 64) || i >= w.size() - 3;
    EXPECT_EQ(w[i] == 0, is_bias) << i;
    if (i >= 33 * 64) most = std::max(most, std::abs(double(w[i])));
  }
  EXPECT_LE(most, std::sqrt(6.0 / 96));
  EXPECT_GT(most, 0.95 * std::sqrt(6.0 / 96));
  EXPECT_THROW(Mlp("m", {32, 64, 3}, 0, 1, {.skip = 2}), std::logic_error);
}

TEST(Mlp, DependsOnTheSeedOnly) {
  const Mlp a("a", {16, 16, 2}, 0, 1), same("b", {16, 16, 2}, 0, 1), other("c", {16, 16, 2}, 0, 2);
  int differ = 0;
  for (int64_t i = 0; i < a.params().size(); ++i) {
    EXPECT_EQ(a.params().values[i], same.params().values[i]);
    differ += a.params().values[i] != other.params().values[i];
  }
  EXPECT_GT(differ, 280);
}

TEST(Mlp, WidthsThatTheKernelsCannotRunAreRefused) {
  const auto error_of = [](const std::vector<int>& widths) {
    return ErrorTextOf<UsageError>([&] { Mlp("color", widths, 0, 1); });
  };
  EXPECT_EQ(error_of({24, 64, 3}),
            "network color with 24 inputs: it must be a multiple of 16\nof a hash grid: levels times features");
  EXPECT_THAT(error_of({32, 20, 3}), HasSubstr("network color with 20 in a hidden layer"));
  EXPECT_THROW(Mlp("m", {32}, 0, 1), UsageError);
  EXPECT_THROW(Mlp("m", {16, 16, 16, 16, 16, 16, 16, 16, 16, 16}, 0, 1), UsageError);
  EXPECT_NO_THROW(Mlp("m", {16, 1}, 0, 1));
}

TEST(Mlp, FrozenParametersHoldNoGradients) {
  Mlp mlp("m", {16, 16, 2}, 0, 1);
  EXPECT_EQ(mlp.params().grads.size(), 0);
  mlp.params().PrepareTraining();
  EXPECT_EQ(mlp.params().grads.size(), mlp.params().size());
  EXPECT_EQ(mlp.params().m.size(), mlp.params().size());
  mlp.params().m[0] = 5;
  mlp.params().PrepareTraining();  // again: keeps the moments
  EXPECT_EQ(mlp.params().m[0], 5);
  mlp.params().Freeze();
  EXPECT_EQ(mlp.params().grads.size() + mlp.params().m.size() + mlp.params().v.size(), 0);
}

}  // namespace
}  // namespace sanerf::nn
