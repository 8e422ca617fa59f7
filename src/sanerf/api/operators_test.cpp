#include "sanerf/api/operators.h"

#include <gtest/gtest.h>

#include <cmath>

#include "sanerf/core/error.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/random.h"

namespace sanerf::api {
namespace {

constexpr int kSamples = 150;  // more than two tiles, and none of them full at the end

std::vector<float> Numbers(size_t n, uint64_t seed) {
  Random random(seed);
  std::vector<float> numbers(n);
  for (float& number : numbers) number = random.NextFloat();
  return numbers;
}

// sum(out * weights): its gradient with respect to `out` is `weights`.
double Dot(const std::vector<float>& out, const std::vector<float>& weights) {
  double sum = 0;
  for (size_t i = 0; i < out.size(); ++i) sum += double(out[i]) * double(weights[i]);
  return sum;
}

TEST(ApiMlp, GradientsAreThoseOfTheFunction) {
  Mlp mlp({16, 32, 3}, 4, /*bias=*/true);
  std::vector<float> x = Numbers(kSamples * 16, 1), weights = Numbers(kSamples * 3, 2), out(kSamples * 3),
                     grad_x(x.size());
  const auto loss = [&] {
    mlp.Forward(x, out);
    return Dot(out, weights);
  };
  loss();
  mlp.Backward(weights, grad_x);
  for (const size_t i : {size_t(0), size_t(16 * 63 + 5), x.size() - 1}) {  // one in each tile
    const float kept = x[i];
    x[i] = kept + 1e-2f;
    const double above = loss();
    x[i] = kept - 1e-2f;
    const double below = loss();
    x[i] = kept;
    EXPECT_NEAR(grad_x[i], (above - below) / 2e-2, 2e-2) << i;
  }
  for (const size_t i : {size_t(3), mlp.parameters().size() - 1}) {
    const float kept = mlp.parameters()[i];
    mlp.parameters()[i] = kept + 1e-3f;
    const double above = loss();
    mlp.parameters()[i] = kept - 1e-3f;
    const double below = loss();
    mlp.parameters()[i] = kept;
    EXPECT_NEAR(mlp.gradients()[i], (above - below) / 2e-3, 0.02 * std::abs(mlp.gradients()[i]) + 0.05) << i;
  }
}

TEST(ApiHashGrid, GradientsAreThoseOfTheFunction) {
  HashGrid grid({.levels = 3, .features = 2, .log2_table = 8, .base = 4, .top = 16}, 5);
  const std::vector<float> positions = Numbers(kSamples * 3, 1), weights = Numbers(kSamples * 6, 2);
  std::vector<float> out(kSamples * 6);
  grid.Forward(positions, out);
  grid.Backward(weights);
  // The grid is linear in its parameters: the value is the gradient times them.
  double sum = 0;
  for (size_t i = 0; i < grid.parameters().size(); ++i)
    sum += double(grid.gradients()[i]) * double(grid.parameters()[i]);
  EXPECT_NEAR(sum, Dot(out, weights), 1e-6);
  EXPECT_GT(std::abs(sum), 1e-5);
}

// What a program would do: grid, network and Adam learn a function; without steps of either they learn less.
double FitLoss(bool step_grid, bool step_mlp) {
  HashGrid grid({.levels = 4, .features = 4, .log2_table = 10, .base = 4, .top = 32}, 5);
  Mlp mlp({16, 32, 1}, 6);
  const std::vector<float> positions = Numbers(3 * 512, 7);
  std::vector<float> features(512 * 16), out(512), grad(512), grad_features(features.size());
  double loss = 0;
  for (int step = 0; step < 200; ++step) {
    grid.Forward(positions, features);
    mlp.Forward(features, out);
    loss = 0;
    for (size_t i = 0; i < 512; ++i) {
      const float off = out[i] - std::sin(6 * positions[3 * i]) * positions[3 * i + 1];
      loss += double(off) * double(off) / 512;
      grad[i] = 2 * off / 512;
    }
    mlp.Backward(grad, grad_features);
    grid.Backward(grad_features);
    if (step_grid) grid.Step();
    if (step_mlp) mlp.Step();
  }
  return loss;
}

TEST(ApiOperators, LearnAFunctionOfThePlace) {
  EXPECT_LT(FitLoss(true, true), 1e-4);
  EXPECT_GT(FitLoss(false, false), 0.05);
}

TEST(ApiOperators, TheNumberOfThreadsChangesNoBit) {
  SetNumThreads(1);
  const double one = FitLoss(true, true);
  SetNumThreads(5);
  EXPECT_EQ(FitLoss(true, true), one);
  SetNumThreads(0);
}

TEST(ApiOperators, ArraysOfTheWrongSizeAreRefused) {
  HashGrid grid({.levels = 2, .log2_table = 8, .base = 4, .top = 8}, 5);
  std::vector<float> four(4), six(6);
  EXPECT_THROW(grid.Backward(four), UsageError);  // before Forward
  EXPECT_THROW(grid.Forward(four, four), UsageError);
  EXPECT_THROW(grid.Forward(six, four), UsageError);
  EXPECT_THROW(HashGrid({.features = 3}, 1), Error);
  EXPECT_THROW(Mlp({15, 3}, 1, false).Forward(six, six), UsageError);
  for (const std::vector<int>& widths : std::vector<std::vector<int>>{
           {}, {16}, {16, -16}, {-16, 3}, {16, 0}, {16, 1 << 30, 3}, {16, 16, 16, 16, 16, 16, 16, 16, 16, 16}})
    EXPECT_THROW(Mlp(widths, 1), UsageError) << widths.size();
}

}  // namespace
}  // namespace sanerf::api
