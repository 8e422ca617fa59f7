#include "sanerf/export/splat_growth.h"

#include <gtest/gtest.h>

#include <cmath>

#include "sanerf/core/geometry.h"

namespace sanerf::exports {
namespace {

// Alike, a unit apart; long along y of their own axes, which are turned by 90 degrees around z.
SplatParameters RowOfSplats(int64_t count) {
  SplatParameters splats(count, 1);
  for (size_t i = 0; i < size_t(count); ++i) {
    splats.positions[3 * i] = float(i);
    for (size_t a = 0; a < 3; ++a) splats.log_scales[3 * i + a] = a == 1 ? std::log(0.2f) : std::log(0.05f);
    splats.rotations[4 * i] = splats.rotations[4 * i + 3] = std::sqrt(0.5f);
    splats.logits[i] = std::log(0.6f / 0.4f);
    splats.colors[3 * i] = float(i);
  }
  return splats;
}

SplatTraces SeenOnce(int64_t count, float largest) {
  SplatTraces traces;
  traces.Reset(count);
  for (size_t i = 0; i < size_t(count); ++i) {
    traces.seen[i] = 2;
    traces.moves[i] = float(i);  // the last one the furthest, the first not at all
    traces.largest[i] = largest;
  }
  return traces;
}

float OpacityAt(const SplatParameters& splats, size_t i) { return 1 / (1 + std::exp(-splats.logits[i])); }

TEST(SplatGrowth, SplitsTheOnesThatMoveFurthestAlongTheirLongestAxis) {
  const SplatParameters splats = RowOfSplats(5);
  SplatGrowth growth;
  growth.count = 7;
  const Grown grown = GrowSplats(splats, SeenOnce(5, 3), growth);
  ASSERT_EQ(grown.splats.size(), 7);
  EXPECT_EQ(grown.from, (std::vector<int32_t>{0, 1, 2, 3, 4, 4, 3}));
  EXPECT_EQ(grown.is_new, (std::vector<bool>{false, false, false, true, true, true, true}));
  // The long axis lies along -x. Mean, variance and mass along it are those of the one before.
  const size_t first = 4, second = 5;
  const double x[] = {grown.splats.positions[3 * first], grown.splats.positions[3 * second]};
  const double deviation = std::exp(grown.splats.log_scales[3 * first + 1]);
  EXPECT_NEAR((x[0] + x[1]) / 2, 4, 1e-6);
  EXPECT_NEAR(std::fabs(x[0] - x[1]) / 2, 0.16, 1e-6);
  EXPECT_NEAR(deviation * deviation + std::pow((x[0] - x[1]) / 2, 2), 0.04, 1e-6);
  EXPECT_NEAR(2 * double(OpacityAt(grown.splats, first)) * deviation, 0.6 * 0.2, 1e-6);
  for (const size_t i : {first, second}) {
    EXPECT_NEAR(grown.splats.positions[3 * i + 1], 0, 1e-6);
    EXPECT_NEAR(grown.splats.log_scales[3 * i], std::log(0.05), 1e-6);
    EXPECT_EQ(grown.splats.colors[3 * i], 4.0f);
  }
  EXPECT_EQ(grown.splats.positions[3], splats.positions[3]);
}

// Of two in one place as much light comes through as of the one before.
TEST(SplatGrowth, DoublesWhatIsNoWiderThanAPixel) {
  SplatGrowth growth;
  growth.count = 4;
  const Grown grown = GrowSplats(RowOfSplats(3), SeenOnce(3, 0.9f), growth);
  ASSERT_EQ(grown.splats.size(), 4);
  EXPECT_EQ(grown.from.back(), 2);
  EXPECT_EQ(grown.splats.positions[6], grown.splats.positions[9]);
  EXPECT_NEAR((1 - OpacityAt(grown.splats, 2)) * (1 - OpacityAt(grown.splats, 3)), 0.4, 1e-6);
  EXPECT_FALSE(grown.is_new[2]);
  EXPECT_TRUE(grown.is_new[3]);
}

TEST(SplatGrowth, WhatAddsNothingGoes) {
  SplatParameters splats = RowOfSplats(5);
  splats.logits[0] = -6;                   // 0.0025
  splats.log_scales[4] = std::log(0.31f);  // of number 1
  SplatTraces traces = SeenOnce(5, 3);
  traces.seen[2] = 0;
  SplatGrowth growth;
  growth.max_scale = 0.3f;
  EXPECT_EQ(GrowSplats(splats, traces, growth).from, (std::vector<int32_t>{3, 4}));
  growth.drop_unseen = false;
  growth.max_scale = 0;
  EXPECT_EQ(GrowSplats(splats, traces, growth).from, (std::vector<int32_t>{1, 2, 3, 4}));
}

// One step in the direction of the gradient, of a length that is the rate alone; positions in units of their size.
TEST(SplatAdam, StepsAndGoesOnWithWhatIsTaken) {
  SplatParameters splats = RowOfSplats(2), gradient(2, 1);
  splats.log_scales[4] = std::log(0.4f);
  for (std::vector<float>* values : gradient.Columns()) std::fill(values->begin(), values->end(), 0.25f);
  const SplatParameters before = splats;
  SplatAdam adam(splats);
  const SplatRates rates = {
      .position = 0.1f, .scale = 0.01f, .rotation = 0.02f, .opacity = 0.03f, .color = 0.04f, .details = 0.05f};
  adam.Step(rates, &splats, &gradient);
  EXPECT_NEAR(splats.positions[0], before.positions[0] - 0.1f * 0.2f, 1e-6);
  EXPECT_NEAR(splats.positions[3], before.positions[3] - 0.1f * 0.4f, 1e-6);
  EXPECT_NEAR(splats.log_scales[0], before.log_scales[0] - 0.01f, 1e-6);
  EXPECT_NEAR(splats.rotations[1], before.rotations[1] - 0.02f, 1e-6);
  EXPECT_NEAR(splats.logits[1], before.logits[1] - 0.03f, 1e-6);
  EXPECT_NEAR(splats.colors[5], before.colors[5] - 0.04f, 1e-6);
  EXPECT_NEAR(splats.details[17], before.details[17] - 0.05f, 1e-6);
  for (const std::vector<float>* values : std::as_const(gradient).Columns())
    for (const float g : *values) EXPECT_EQ(g, 0.0f);

  // Number 1 goes on with its moments, number 0 begins anew: without a gradient only the former moves on.
  const std::vector<int32_t> numbers = {1, 0};
  splats = splats.Taken(numbers);
  adam.Take(numbers, {false, true});
  const SplatParameters taken = splats;
  gradient = SplatParameters(2, 1);
  adam.Step(rates, &splats, &gradient);
  EXPECT_NE(splats.logits[0], taken.logits[0]);
  EXPECT_EQ(splats.logits[1], taken.logits[1]);
}

}  // namespace
}  // namespace sanerf::exports
