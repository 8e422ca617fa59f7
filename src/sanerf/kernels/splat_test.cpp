#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "sanerf/kernels/kernels_test_support.h"
#include "sanerf/kernels/reference.h"

namespace sanerf::kernels {
namespace {

constexpr int kX0 = 32, kY0 = 16;  // of the tile
const std::array<double, 3> kBackground = {0.2, 0.7, 0.4};

class SplatTest : public BuildTest {};
SANERF_TEST_ALL_BUILDS(SplatTest);

// Gaussians around the tile, some of them outside of it, with the box that their ellipse fills.
std::vector<ScreenSplat> RandomSplats(int count, float most_opacity, uint64_t seed) {
  Random random(seed);
  std::vector<ScreenSplat> splats;
  for (int i = 0; i < count; ++i) {
    ScreenSplat s{};
    s.x = kX0 - 4 + 24 * random.NextFloat();
    s.y = kY0 - 4 + 24 * random.NextFloat();
    const float xx = 0.5f + 6 * random.NextFloat(), yy = 0.5f + 6 * random.NextFloat();
    const float xy = (1.6f * random.NextFloat() - 0.8f) * std::sqrt(xx * yy), determinant = xx * yy - xy * xy;
    s.a = yy / determinant;
    s.b = -xy / determinant;
    s.c = xx / determinant;
    s.opacity = 0.02f + (most_opacity - 0.02f) * random.NextFloat();
    for (float& c : s.rgb) c = random.NextFloat();
    const float square = 2 * std::log(s.opacity / kSplatMinAlpha);
    s.reach_x = std::sqrt(square * xx) + 1e-3f;
    s.reach_y = std::sqrt(square * yy) + 1e-3f;
    splats.push_back(s);
  }
  return splats;
}

std::vector<reference::BlendedSplat<double>> Doubles(const std::vector<ScreenSplat>& splats) {
  std::vector<reference::BlendedSplat<double>> all;
  for (const ScreenSplat& s : splats)
    all.push_back({{s.x, s.y, s.a, s.b, s.c, s.opacity, s.rgb[0], s.rgb[1], s.rgb[2]}});
  return all;
}

std::vector<int32_t> InOrder(const std::vector<ScreenSplat>& splats) {
  std::vector<int32_t> order(splats.size());
  std::iota(order.begin(), order.end(), 0);
  return order;
}

std::array<double, 3> TwinPixel(const std::vector<reference::BlendedSplat<double>>& splats, int pixel) {
  return reference::SplatPixel(splats, kX0 + pixel % kSplatTile + 0.5, kY0 + pixel / kSplatTile + 0.5, kBackground);
}

struct Blended {
  std::vector<float> rgb = std::vector<float>(3 * kSplatPixels, 0.0f), light = std::vector<float>(kSplatPixels, 1.0f);
  int count = 0;
};
Blended Blend(const KernelTable& kernels, const std::vector<ScreenSplat>& splats) {
  Blended blended;
  const std::vector<int32_t> order = InOrder(splats);
  const SplatTile tile = {kX0, kY0, splats.data(), order.data(), int(order.size())};
  blended.count = kernels.splat_blend(tile, blended.rgb.data(), blended.light.data());
  return blended;
}

// Two Gaussians with their means on the center of pixel (3, 2): alpha is their opacity there, so the color is
// 0.5 c1 + 0.5 0.4 c2 and 0.5 0.6 = 0.3 of the light is left. One pixel to the right, with a = 1, the exponent is -1/2.
TEST_P(SplatTest, AnswersByHand) {
  ScreenSplat s{};
  s.x = kX0 + 3.5f;
  s.y = kY0 + 2.5f;
  s.a = s.c = 1;
  s.reach_x = s.reach_y = 4;
  s.opacity = 0.5f;
  s.rgb[0] = 1;
  std::vector<ScreenSplat> splats = {s, s};
  splats[1].opacity = 0.4f;
  splats[1].rgb[0] = 0;
  splats[1].rgb[1] = 1;
  const Blended blended = Blend(*GetParam(), splats);
  const size_t at = 2 * kSplatTile + 3;
  EXPECT_NEAR(blended.rgb[at], 0.5, 1e-6);
  EXPECT_NEAR(blended.rgb[kSplatPixels + at], 0.2, 1e-6);
  EXPECT_NEAR(blended.light[at], 0.3, 1e-6);
  EXPECT_NEAR(blended.rgb[at + 1], 0.5 * std::exp(-0.5), 1e-6);
  EXPECT_EQ(blended.light[10 * kSplatTile + 10], 1.0f);
}

TEST_P(SplatTest, MatchesTwin) {
  for (const int count : {0, 1, 7, 60}) {
    const std::vector<ScreenSplat> splats = RandomSplats(count, 0.9f, 20);
    const Blended blended = Blend(*GetParam(), splats);
    const auto doubles = Doubles(splats);
    for (int p = 0; p < kSplatPixels; ++p) {
      const std::array<double, 3> expected = TwinPixel(doubles, p);
      for (size_t c = 0; c < 3; ++c) {
        const double got = blended.rgb[c * kSplatPixels + size_t(p)] + blended.light[size_t(p)] * kBackground[c];
        ASSERT_NEAR(got, expected[c], 2e-5) << count << ", pixel " << p;
      }
    }
  }
}

TEST_P(SplatTest, LeavesPixelsWithoutLightAloneAndStopsBehindWhatIsOpaque) {
  std::vector<ScreenSplat> splats = RandomSplats(400, 0.9f, 21);
  for (ScreenSplat& s : splats) {  // each covers the tile
    s.a = s.c = 1e-4f;
    s.b = 0;
    s.opacity = 0.9f;
    s.reach_x = s.reach_y = 300;
  }
  const Blended all = Blend(*GetParam(), splats);
  EXPECT_EQ(all.count, 8);  // a tenth is left of each: 1e-4 is passed by the fifth, seen at the next look
  Blended dark;
  std::fill(dark.light.begin(), dark.light.end(), 0.0f);
  const std::vector<int32_t> order = InOrder(splats);
  const SplatTile tile = {kX0, kY0, splats.data(), order.data(), int(order.size())};
  EXPECT_EQ(GetParam()->splat_blend(tile, dark.rgb.data(), dark.light.data()), 0);
  for (const float value : dark.rgb) ASSERT_EQ(value, 0.0f);
}

// Against finite differences of the twin: of the sum of all pixels' colors with random weights.
TEST_P(SplatTest, BackwardIsTheDerivative) {
  const std::vector<ScreenSplat> splats = RandomSplats(12, 0.9f, 22);
  std::vector<float> weights = RandomFloats(3 * kSplatPixels, -1, 1, 23);
  const Blended blended = Blend(*GetParam(), splats);
  std::vector<float> rest(kSplatPixels, 0.0f), light(kSplatPixels, 1.0f);
  for (size_t p = 0; p < kSplatPixels; ++p)
    for (size_t c = 0; c < 3; ++c)
      rest[p] += weights[c * kSplatPixels + p] *
                 (blended.rgb[c * kSplatPixels + p] + blended.light[p] * float(kBackground[c]));
  std::vector<float> grads(splats.size() * kSplatGradients, NAN);
  const std::vector<int32_t> order = InOrder(splats);
  const SplatTile tile = {kX0, kY0, splats.data(), order.data(), blended.count};
  GetParam()->splat_blend_backward(tile, weights.data(), rest.data(), light.data(), grads.data());

  std::vector<reference::BlendedSplat<double>> twin = Doubles(splats);
  const auto loss = [&] {
    double sum = 0;
    for (int p = 0; p < kSplatPixels; ++p) {
      const std::array<double, 3> rgb = TwinPixel(twin, p);
      for (size_t c = 0; c < 3; ++c) sum += double(weights[c * kSplatPixels + size_t(p)]) * rgb[c];
    }
    return sum;
  };
  for (size_t i = 0; i < splats.size(); ++i)
    for (size_t k = 0; k < kSplatGradients; ++k) {
      double& value = twin[i].of[k];
      const double kept = value, h = 1e-7;  // so small that hardly a pixel steps over 1/255
      value = kept + h;
      const double up = loss();
      value = kept - h;
      const double down = loss();
      value = kept;
      const double expected = (up - down) / (2 * h);
      EXPECT_NEAR(grads[i * kSplatGradients + k], expected, 1e-3 + 5e-4 * std::fabs(expected)) << i << ", " << k;
    }
}

// Where alpha is held at its highest, shape and opacity change nothing, the color does.
TEST_P(SplatTest, CappedAlphaHasNoGradientButTheColors) {
  ScreenSplat s{};
  s.x = kX0 + 8;
  s.y = kY0 + 8;
  s.a = s.c = 1e-6f;
  s.opacity = 1;
  s.reach_x = s.reach_y = 100;
  std::vector<float> grad_rgb(3 * kSplatPixels, 1.0f), rest(kSplatPixels, 0.0f), light(kSplatPixels, 1.0f);
  std::vector<float> grads(kSplatGradients, NAN);
  const int32_t order[] = {0};
  const SplatTile tile = {kX0, kY0, &s, order, 1};
  GetParam()->splat_blend_backward(tile, grad_rgb.data(), rest.data(), light.data(), grads.data());
  for (size_t k = 0; k < kGradRgb; ++k) EXPECT_EQ(grads[k], 0.0f) << k;
  for (size_t k = kGradRgb; k < kSplatGradients; ++k)
    EXPECT_NEAR(grads[k], double(kSplatPixels) * double(kSplatMaxAlpha), 1e-2) << k;
}

}  // namespace
}  // namespace sanerf::kernels
