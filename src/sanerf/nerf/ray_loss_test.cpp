#include "sanerf/nerf/ray_loss.h"

#include <gtest/gtest.h>

#include <cmath>

#include "sanerf/core/random.h"

namespace sanerf::nerf {
namespace {

struct Problem {
  int n = 8;
  std::vector<double> sigma, t, dt, rgb, scratch;
  double target[3] = {0.2, 0.9, 0.5}, background[3] = {0.8, 0.1, 0.3}, gain[3] = {0.7, 1.2, 1.5}, grad_gain[3] = {};

  explicit Problem(uint64_t seed) {
    Random random(seed);
    double at = 0.4;
    for (int i = 0; i < n; ++i) {
      sigma.push_back(0.1 + 6 * random.NextDouble());
      dt.push_back(0.05 + 0.1 * random.NextDouble());
      t.push_back(at += dt.back() + 0.1 * random.NextDouble());
      for (int c = 0; c < 3; ++c) rgb.push_back(random.NextDouble());
    }
  }
  RayLossResult Loss(const RayLossOptions& options, double scale, std::vector<double>* grad_sigma,
                     std::vector<double>* grad_rgb) {
    grad_sigma->resize(size_t(n));
    grad_rgb->resize(size_t(3 * n));
    return RayLoss<double>(options, {n, sigma.data(), t.data(), dt.data(), rgb.data()}, {target, background, gain},
                           {scale, grad_sigma->data(), grad_rgb->data(), grad_gain}, &scratch);
  }
};

class RayLossGradient : public testing::TestWithParam<RayLossOptions> {};

TEST_P(RayLossGradient, AgainstFiniteDifferences) {
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    Problem problem(seed);
    std::vector<double> grad_sigma, grad_rgb, unused_sigma, unused_rgb;
    const double scale = 0.25, h = 1e-6;
    problem.Loss(GetParam(), scale, &grad_sigma, &grad_rgb);
    const std::vector<double> grad_gain(problem.grad_gain, problem.grad_gain + 3);
    const auto check = [&](double* value, double grad, const char* what, int i) {
      const double kept = *value;
      *value = kept + h;
      const double up = problem.Loss(GetParam(), scale, &unused_sigma, &unused_rgb).loss;
      *value = kept - h;
      const double down = problem.Loss(GetParam(), scale, &unused_sigma, &unused_rgb).loss;
      *value = kept;
      EXPECT_NEAR(grad, scale * (up - down) / (2 * h), 1e-8) << what << " " << i << " seed " << seed;
    };
    for (int i = 0; i < problem.n; ++i) check(&problem.sigma[size_t(i)], grad_sigma[size_t(i)], "sigma", i);
    for (int i = 0; i < 3 * problem.n; ++i) check(&problem.rgb[size_t(i)], grad_rgb[size_t(i)], "rgb", i);
    for (int c = 0; c < 3; ++c) check(&problem.gain[c], grad_gain[size_t(c)], "gain", c);
  }
}

INSTANTIATE_TEST_SUITE_P(Options, RayLossGradient,
                         testing::Values(RayLossOptions{false, 0.1f, 0}, RayLossOptions{true, 0.1f, 0},
                                         RayLossOptions{false, 0.1f, 0.5f}, RayLossOptions{true, 0.05f, 0.3f}));

TEST(RayLoss, SamplesCloseToTheCameraLearnLess) {
  Problem problem(3);
  std::vector<double> sigma, rgb, near_sigma, near_rgb;
  const RayLossOptions plain{false, 0.1f, 0.1f};
  RayLossOptions near = plain;
  near.near_gradients = 0.75f;  // among the samples
  const double loss = problem.Loss(plain, 1, &sigma, &rgb).loss;
  EXPECT_EQ(problem.Loss(near, 1, &near_sigma, &near_rgb).loss, loss);
  ASSERT_LT(problem.t.front(), 0.75);
  ASSERT_GT(problem.t.back(), 0.75);
  for (int i = 0; i < problem.n; ++i) {
    const double t = problem.t[size_t(i)], share = t < 0.75 ? t * t / (0.75 * 0.75) : 1;
    EXPECT_NEAR(near_sigma[size_t(i)], share * sigma[size_t(i)], 1e-12) << i;
    EXPECT_NEAR(near_rgb[size_t(3 * i + 1)], share * rgb[size_t(3 * i + 1)], 1e-12) << i;
  }
}

// Target and background moved by the same d: the residual changes by -(1 - T) d alone. A ray that meets nothing does
// not notice, whatever meets something pays for it, also when it has the background's color.
TEST(RayLoss, WhatStandsBeforeAKnownBackgroundPaysForItsOpacity) {
  const double sigma[1] = {0.7}, t[1] = {1}, dt[1] = {1}, rgb[3] = {0.4, 0.4, 0.4}, background[3] = {0.4, 0.4, 0.4};
  const double transmittance = std::exp(-0.7), d = 0.2;
  std::vector<double> scratch;
  double grad_sigma[1], grad_rgb[3], grad_moved[1];
  const auto loss = [&](double shift, int n, double* to_sigma) {
    double target[3], behind[3];
    for (int c = 0; c < 3; ++c) target[c] = 0.4 + shift, behind[c] = background[c] + shift;
    return RayLoss<double>({false, 0.1f, 0}, {n, sigma, t, dt, rgb}, {target, behind}, {1, to_sigma, grad_rgb},
                           &scratch);
  };
  EXPECT_NEAR(loss(0, 1, grad_sigma).squared, 0, 1e-12);
  EXPECT_NEAR(grad_sigma[0], 0, 1e-12) << "fog of the background's color costs nothing";
  EXPECT_NEAR(loss(d, 1, grad_moved).squared, 3 * std::pow((1 - transmittance) * d, 2), 1e-12);
  EXPECT_GT(grad_moved[0], 0) << "less density is better";
  EXPECT_NEAR(loss(-d, 1, grad_moved).squared, 3 * std::pow((1 - transmittance) * d, 2), 1e-12);
  EXPECT_GT(grad_moved[0], 0);
  EXPECT_NEAR(loss(d, 0, nullptr).squared, 0, 1e-12);
}

TEST(RayLoss, EmptyRayShowsTheBackground) {
  std::vector<float> scratch;
  const float target[3] = {0.5f, 0.5f, 0.5f}, background[3] = {0.5f, 0.7f, 0.5f};
  const RayLossResult result = RayLoss<float>({false, 0.1f, 0}, {0, nullptr, nullptr, nullptr, nullptr},
                                              {target, background}, {1, nullptr, nullptr}, &scratch);
  EXPECT_NEAR(result.squared, 0.04, 1e-6);
  EXPECT_NEAR(result.loss, 0.02, 1e-6);
}

TEST(RayLoss, HuberIsLinearBeyondDelta) {
  // Residual 0.4 with delta 0.1: 0.1 (0.4 - 0.05) = 0.035 per channel.
  std::vector<float> scratch;
  const float target[3] = {0, 0, 0}, background[3] = {0.4f, 0.4f, 0.4f};
  const RayLossResult result = RayLoss<float>({true, 0.1f, 0}, {0, nullptr, nullptr, nullptr, nullptr},
                                              {target, background}, {1, nullptr, nullptr}, &scratch);
  EXPECT_NEAR(result.loss, 3 * 0.035, 1e-6);
}

}  // namespace
}  // namespace sanerf::nerf
