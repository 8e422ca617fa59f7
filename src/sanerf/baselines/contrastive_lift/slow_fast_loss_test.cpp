#include "sanerf/baselines/contrastive_lift/slow_fast_loss.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "sanerf/core/random.h"

namespace sanerf::baselines {
namespace {

using ::testing::Each;

struct Example {
  int dims = 3;
  std::vector<double> fast, slow;
  std::vector<int> fast_segments = {4, 4, 7, 9, 2, 7},
                   slow_segments = {7, 4, 2, 2, 4, 1, 4};  // 9 and 1 on one side only
  std::vector<float> confidence = {0.9f, 0.5f, 1, 1, 0.7f, 0.3f};

  Example() {
    Random random(3);
    for (size_t i = 0; i < fast_segments.size() * 3; ++i) fast.push_back(2 * random.NextDouble() - 1);
    for (size_t i = 0; i < slow_segments.size() * 3; ++i) slow.push_back(2 * random.NextDouble() - 1);
  }
  double Loss(std::vector<double>* grad) const {
    grad->resize(fast.size());
    return SlowFastLoss<double>({dims, fast.data(), fast_segments, confidence, slow.data(), slow_segments},
                                grad->data());
  }
};

TEST(SlowFastLoss, GradientIsThatOfFiniteDifferences) {
  Example example;
  std::vector<double> grad, unused;
  example.Loss(&grad);
  for (size_t i = 0; i < grad.size(); ++i) {
    constexpr double kStep = 1e-6;
    const double x = example.fast[i];
    example.fast[i] = x + kStep;
    const double above = example.Loss(&unused);
    example.fast[i] = x - kStep;
    const double below = example.Loss(&unused);
    example.fast[i] = x;
    EXPECT_NEAR((above - below) / (2 * kStep), grad[i], 1e-8) << i;
  }
  for (size_t d = 0; d < 3; ++d) EXPECT_EQ(grad[3 * 3 + d], 0);  // the ray whose segment has no slow one
}

// One dimension. The slow rays of segment 0 lie at 1 and 3, their mean at 2; the one of segment 1 at 5. A fast ray of
// segment 0 at 2 is on the mean: concentration -confidence. Its kernels are e^-1, e^-1 and e^-3.
TEST(SlowFastLoss, IsWhatTheFormulaSays) {
  const std::vector<double> fast = {2}, slow = {1, 3, 5};
  std::vector<double> grad(1);
  const double same = 2 * std::exp(std::exp(-1.0)), all = same + std::exp(std::exp(-3.0));
  EXPECT_NEAR(SlowFastLoss<double>({1, fast.data(), {0}, {0.5f}, slow.data(), {0, 0, 1}}, grad.data()),
              -0.5 - std::log(same / all), 1e-12);
}

TEST(SlowFastLoss, WithoutACommonSegmentThereIsNothingToLearn) {
  const std::vector<double> fast = {2, 1}, slow = {1, 3};
  std::vector<double> grad(2, 9);
  EXPECT_EQ(SlowFastLoss<double>({1, fast.data(), {0, 1}, {1, 1}, slow.data(), {2, 3}}, grad.data()), 0);
  EXPECT_THAT(grad, Each(0));
}

// A fast ray exactly on a slow one: the distance has no direction there, the gradient none from that pair.
TEST(SlowFastLoss, CoincidingEmbeddingsAreNoAccident) {
  const std::vector<double> fast = {1}, slow = {1};
  std::vector<double> grad(1, 9);
  EXPECT_NEAR(SlowFastLoss<double>({1, fast.data(), {0}, {1}, slow.data(), {0}}, grad.data()), -1, 1e-12);
  EXPECT_EQ(grad[0], 0);
}

}  // namespace
}  // namespace sanerf::baselines
