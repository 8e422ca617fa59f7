#include "sanerf/kernels/composite.h"

#include <gtest/gtest.h>

#include <cmath>

#include "sanerf/kernels/kernels_test_support.h"
#include "sanerf/kernels/reference.h"

namespace sanerf::kernels {
namespace {

std::vector<double> DoubleOf(const std::vector<float>& values) { return {values.begin(), values.end()}; }

// A slab of density 2 and thickness 1.5 lets exp(-3) through, however finely it is cut; a cut from a to b holds
// exp(-2 a) - exp(-2 b).
TEST(Composite, ConstantSlab) {
  const int n = 60;
  const std::vector<float> sigma(n, 2.0f), dt(n, 0.025f);
  std::vector<float> weights(n);
  const float transmittance = CompositeWeights(n, sigma.data(), dt.data(), weights.data());
  EXPECT_NEAR(transmittance, std::exp(-3.0), 1e-6);
  for (int i = 0; i < n; ++i)
    EXPECT_NEAR(weights[size_t(i)], std::exp(-0.05 * i) - std::exp(-0.05 * (i + 1)), 1e-6) << i;
}

// A ray traced in two pieces is the ray traced in one.
TEST(Composite, ContinuesBehindWhatIsInFront) {
  const float sigma[4] = {0.5f, 3.0f, 0.0f, 7.0f}, dt[4] = {0.4f, 0.1f, 0.3f, 0.2f};
  float whole[4], pieces[4];
  const float end = CompositeWeights(4, sigma, dt, whole);
  const float half_way = CompositeWeights(2, sigma, dt, pieces);
  EXPECT_EQ(CompositeWeights(2, sigma + 2, dt + 2, pieces + 2, half_way), end);
  for (int i = 0; i < 4; ++i) EXPECT_EQ(pieces[i], whole[i]) << i;
}

TEST(Composite, NothingIsEmpty) {
  EXPECT_EQ(CompositeWeights<float>(0, nullptr, nullptr, nullptr), 1.0f);
  float out[2] = {7, 7};
  CompositeValues<float>(0, nullptr, nullptr, 2, out);
  EXPECT_EQ(out[0], 0.0f);
  EXPECT_EQ(out[1], 0.0f);
}

TEST(Composite, ValuesAreWeightedSums) {
  const float weights[3] = {0.5f, 0.25f, 0.125f}, values[6] = {1, 10, 2, 20, 4, 40};
  float out[2];
  CompositeValues(3, weights, values, 2, out);
  EXPECT_FLOAT_EQ(out[0], 1.5f);
  EXPECT_FLOAT_EQ(out[1], 15.0f);
}

struct RayCase {
  std::vector<float> sigma, dt, grad_weights;
  float grad_transmittance;
};

// Empty space, haze, a wall that ends the ray, and a wall behind haze.
std::vector<RayCase> Rays() {
  std::vector<RayCase> rays;
  for (const float density : {0.0f, 0.5f, 5.0f, 400.0f}) {
    RayCase ray{RandomFloats(40, 0, density, 200), RandomFloats(40, 0.01f, 0.1f, 201), RandomFloats(40, -1, 1, 202),
                0.7f};
    rays.push_back(ray);
    for (size_t i = 0; i < 20; ++i) ray.sigma[i] *= 0.001f;
    rays.push_back(ray);
  }
  return rays;
}

TEST(Composite, WeightsMatchTwin) {
  for (const RayCase& ray : Rays()) {
    const int n = int(ray.sigma.size());
    std::vector<float> weights(static_cast<size_t>(n));
    const float transmittance = CompositeWeights(n, ray.sigma.data(), ray.dt.data(), weights.data());
    const auto sigma = DoubleOf(ray.sigma), dt = DoubleOf(ray.dt);
    const auto expected = reference::CompositeWeights(sigma, dt);
    for (size_t i = 0; i < weights.size(); ++i) EXPECT_NEAR(weights[i], expected[i], 1e-6) << i;
    EXPECT_NEAR(transmittance, reference::TransmittanceBefore(sigma, dt, size_t(n)), 1e-6);
  }
}

TEST(Composite, BackwardIsTheDerivativeOfTheTwin) {
  for (const RayCase& ray : Rays()) {
    const int n = int(ray.sigma.size());
    std::vector<float> weights(static_cast<size_t>(n)), grad_sigma(static_cast<size_t>(n), NAN);
    const float transmittance = CompositeWeights(n, ray.sigma.data(), ray.dt.data(), weights.data());
    CompositeBackward(n, ray.sigma.data(), ray.dt.data(), weights.data(), transmittance, ray.grad_weights.data(),
                      ray.grad_transmittance, grad_sigma.data());
    std::vector<double> sigma = DoubleOf(ray.sigma);
    const auto dt = DoubleOf(ray.dt);
    const auto loss = [&] {
      const auto w = reference::CompositeWeights(sigma, dt);
      double sum = double(ray.grad_transmittance) * reference::TransmittanceBefore(sigma, dt, sigma.size());
      for (size_t i = 0; i < w.size(); ++i) sum += double(ray.grad_weights[i]) * w[i];
      return sum;
    };
    for (size_t i = 0; i < sigma.size(); ++i) {
      const double saved = sigma[i], step = 1e-5;
      sigma[i] = saved + step;
      const double above = loss();
      sigma[i] = saved - step;
      const double below = loss();
      sigma[i] = saved;
      EXPECT_NEAR(grad_sigma[i], (above - below) / (2 * step), 1e-6) << i;
    }
  }
}

TEST(DistortionLoss, TwoSpikesByHand) {
  // 0.5 at s = 1 and 0.25 at s = 3: both orders of the pair give 0.5 * 0.25 * 2; the widths (0.5^2 * 0.3 + 0.25^2 *
  // 0.6) / 3.
  const float weights[2] = {0.5f, 0.25f}, s[2] = {1, 3}, ds[2] = {0.3f, 0.6f};
  float grad[2] = {10, 20};
  const float loss = DistortionLoss(2, weights, s, ds, 2.0f, grad);
  EXPECT_NEAR(loss, 0.5 + (0.075 + 0.0375) / 3, 1e-6);
  // d/dw_0 = 2 * 0.25 * 2 + 2 * 0.5 * 0.3 / 3 = 1.1, times scale 2, added.
  EXPECT_NEAR(grad[0], 10 + 2.2, 1e-5);
}

TEST(DistortionLoss, GradientIsTheDerivativeOfTheTwin) {
  const int n = 30;
  const auto weights = RandomFloats(n, 0, 0.1f, 210), ds = RandomFloats(n, 0.01f, 0.05f, 211);
  std::vector<float> s(n), grad(n, 0.0f);
  for (size_t i = 0; i < s.size(); ++i) s[i] = (i ? s[i - 1] + 0.5f * (ds[i - 1] + ds[i]) : 0.2f);
  const float loss = DistortionLoss(n, weights.data(), s.data(), ds.data(), 0.5f, grad.data());
  auto w = DoubleOf(weights);
  const auto s_double = DoubleOf(s), ds_double = DoubleOf(ds);
  EXPECT_NEAR(loss, reference::DistortionLoss(w, s_double, ds_double), 1e-5);
  for (size_t i = 0; i < w.size(); ++i) {
    const double saved = w[i], step = 1e-4;  // the loss is quadratic: central differences are exact
    w[i] = saved + step;
    const double above = reference::DistortionLoss(w, s_double, ds_double);
    w[i] = saved - step;
    const double below = reference::DistortionLoss(w, s_double, ds_double);
    w[i] = saved;
    EXPECT_NEAR(grad[i], 0.5 * (above - below) / (2 * step), 1e-6) << i;
  }
}

}  // namespace
}  // namespace sanerf::kernels
