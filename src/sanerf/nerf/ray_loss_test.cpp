#include "sanerf/nerf/ray_loss.h"

#include <gtest/gtest.h>

#include <cmath>
#include <tuple>

#include "sanerf/core/random.h"

namespace sanerf::nerf {
namespace {

struct Problem {
  int n = 8;
  std::vector<double> sigma, t, dt, rgb, scratch;
  double target[3] = {0.2, 0.9, 0.5}, background[3] = {0.8, 0.1, 0.3};
  Appearance kind = Appearance::kGain;
  std::vector<double> look, grad_look;
  PointOnRay<double> point{0.9, 0.6};
  double alpha = 0.8, occlusion_end = 0.75;

  explicit Problem(uint64_t seed, Appearance of = Appearance::kGain) : kind(of) {
    Random random(seed);
    for (int i = 0; i < NumLookValues(kind); ++i)
      look.push_back(double(IdentityOfLook(kind, i)) + 0.6 * (random.NextDouble() - 0.5));
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
    const PhotoLook<double> of_photo{kind, look.data(), 0.3, 0.8};
    LookGradient<double> of_ray;
    const RayTarget<double> seen{target, background, &of_photo, alpha, occlusion_end, point};
    const RayLossResult result = RayLoss<double>(options, {n, sigma.data(), t.data(), dt.data(), rgb.data()}, seen,
                                                 {scale, grad_sigma->data(), grad_rgb->data(), &of_ray}, &scratch);
    grad_look.assign(look.size(), 0);
    AddLookGradient(kind, of_ray, grad_look.data());
    return result;
  }
};

RayLossOptions With(float RayLossOptions::*weight, float value) {
  RayLossOptions options{false, 0.1f, 0};
  options.*weight = value;
  return options;
}

class RayLossGradient : public testing::TestWithParam<std::tuple<RayLossOptions, Appearance>> {};

TEST_P(RayLossGradient, AgainstFiniteDifferences) {
  const RayLossOptions options = std::get<0>(GetParam());
  const Appearance kind = std::get<1>(GetParam());
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    Problem problem(seed, kind);
    std::vector<double> grad_sigma, grad_rgb, unused_sigma, unused_rgb;
    const double scale = 0.25, h = 1e-6;
    problem.Loss(options, scale, &grad_sigma, &grad_rgb);
    const std::vector<double> grad_look = problem.grad_look;
    const auto check = [&](double* value, double grad, const char* what, int i) {
      const double kept = *value;
      *value = kept + h;
      const double up = problem.Loss(options, scale, &unused_sigma, &unused_rgb).loss;
      *value = kept - h;
      const double down = problem.Loss(options, scale, &unused_sigma, &unused_rgb).loss;
      *value = kept;
      EXPECT_NEAR(grad, scale * (up - down) / (2 * h), 1e-8) << what << " " << i << " seed " << seed;
    };
    for (int i = 0; i < problem.n; ++i) check(&problem.sigma[size_t(i)], grad_sigma[size_t(i)], "sigma", i);
    for (int i = 0; i < 3 * problem.n; ++i) check(&problem.rgb[size_t(i)], grad_rgb[size_t(i)], "rgb", i);
    for (size_t i = 0; i < problem.look.size(); i += kind == Appearance::kBilateral ? 5 : 1)
      check(&problem.look[i], grad_look[i], "look", int(i));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Options, RayLossGradient,
    testing::Combine(testing::Values(RayLossOptions{false, 0.1f, 0}, RayLossOptions{true, 0.1f, 0},
                                     RayLossOptions{false, 0.1f, 0.5f}, RayLossOptions{true, 0.05f, 0.3f},
                                     With(&RayLossOptions::occlusion, 0.4f), With(&RayLossOptions::ray_end, 0.3f),
                                     With(&RayLossOptions::point_depth, 0.7f)),
                     testing::Values(Appearance::kGain, Appearance::kAffine, Appearance::kBilateral)));

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

// One sample of density 2 and length 0.1 at 0.5, half way to the end of the range: 3 * (1 - 0.5) * 2 * 0.1.
TEST(RayLoss, OcclusionWeighsWhatIsNearByItsThickness) {
  const double sigma = 2, t = 0.5, dt = 0.1, rgb[3] = {0, 0, 0}, black[3] = {0, 0, 0};
  double grad_sigma, grad_rgb[3];
  std::vector<double> scratch;
  const auto loss = [&](double end) {
    const RayTarget<double> target{black, black, nullptr, 1, end};
    return RayLoss<double>(With(&RayLossOptions::occlusion, 3), {1, &sigma, &t, &dt, rgb}, target,
                           {1, &grad_sigma, grad_rgb}, &scratch)
        .loss;
  };
  EXPECT_NEAR(loss(1), 0.3, 1e-6);
  EXPECT_NEAR(grad_sigma, 0.15, 1e-6);
  EXPECT_EQ(loss(0.4), 0);  // beyond its end
  EXPECT_EQ(loss(0), 0);
}

// The penalty on what is near the camera is not damped by near_gradients.
TEST(RayLoss, OcclusionReachesThroughNearGradients) {
  Problem problem(3);
  std::vector<double> sigma, rgb, plain_sigma, plain_rgb;
  RayLossOptions options{false, 0.1f, 0};
  options.near_gradients = 0.75f;
  problem.Loss(options, 1, &plain_sigma, &plain_rgb);
  options.occlusion = 2;
  problem.Loss(options, 1, &sigma, &rgb);
  for (int i = 0; i < problem.n; ++i) {
    const double t = problem.t[size_t(i)], end = problem.occlusion_end;
    EXPECT_NEAR(sigma[size_t(i)] - plain_sigma[size_t(i)], t < end ? 2 * (1 - t / end) * problem.dt[size_t(i)] : 0,
                1e-6);
  }
}

// All light from one opaque sample: at the point it costs nothing, far from it the weight and no more.
TEST(RayLoss, APointAttractsLightAndAWrongOneIsBounded) {
  const double sigma = 1e4, t = 2, dt = 0.1, rgb[3] = {0, 0, 0}, black[3] = {0, 0, 0};
  double grad_sigma, grad_rgb[3];
  std::vector<double> scratch;
  const auto loss = [&](double distance, double weight) {
    const RayTarget<double> target{black, black, nullptr, 1, 0, {distance, weight}};
    return RayLoss<double>(With(&RayLossOptions::point_depth, 0.5f), {1, &sigma, &t, &dt, rgb}, target,
                           {1, &grad_sigma, grad_rgb}, &scratch)
        .loss;
  };
  EXPECT_NEAR(loss(2, 1), 0, 1e-9);
  EXPECT_NEAR(loss(2 / 1.03, 1), 0.25, 1e-3);  // off by the tolerance: half of it
  EXPECT_NEAR(loss(0.2, 1), 0.5, 1e-3);
  EXPECT_NEAR(loss(0.2, 0.5), 0.25, 1e-3);
  EXPECT_EQ(loss(0.2, 0), 0);
}

TEST(RayLoss, ARayEndsWhereItsPhotoIsOpaque) {
  const double sigma = 0.5, t = 2, dt = 0.1, rgb[3] = {0, 0, 0}, black[3] = {0, 0, 0};
  double grad_sigma, grad_rgb[3];
  std::vector<double> scratch;
  for (const double alpha : {1.0, 0.0}) {
    const RayTarget<double> target{black, black, nullptr, alpha};
    RayLoss<double>(With(&RayLossOptions::ray_end, 1), {1, &sigma, &t, &dt, rgb}, target, {1, &grad_sigma, grad_rgb},
                    &scratch);
    EXPECT_LT(grad_sigma * (alpha - 0.5), 0) << alpha;  // opaque: more density, transparent: less
  }
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
