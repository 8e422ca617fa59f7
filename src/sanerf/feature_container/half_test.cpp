#include "sanerf/feature_container/half.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace sanerf::feature_container {
namespace {

// The value of a finite half from its definition.
double ValueOf(uint16_t half) {
  const double sign = half & 0x8000 ? -1 : 1;
  const int exponent = (half >> 10) & 31, mantissa = half & 1023;
  return sign * (exponent == 0 ? std::ldexp(mantissa, -24) : std::ldexp(1024 + mantissa, exponent - 25));
}

bool IsFiniteHalf(uint16_t half) { return ((half >> 10) & 31) != 31; }

TEST(HalfTest, EveryHalfSurvivesTheRoundTrip) {
  for (uint32_t bits = 0; bits < 65536; ++bits) {
    const uint16_t half = static_cast<uint16_t>(bits);
    const float value = FloatFromHalf(half);
    if (IsFiniteHalf(half)) {
      ASSERT_EQ(value, ValueOf(half)) << bits;
      ASSERT_EQ(std::signbit(value), bits >= 0x8000);
    }
    if (std::isnan(value)) {
      ASSERT_TRUE(std::isnan(FloatFromHalf(HalfFromFloat(value))));
    } else {
      ASSERT_EQ(HalfFromFloat(value), half);
    }
  }
}

// Between two neighboring halves: the midpoint goes to the even one, a touch beside it to the nearer one.
TEST(HalfTest, RoundsToNearestEvenEverywhere) {
  for (uint16_t half = 0; half < 0x7bff; ++half) {
    const float middle = static_cast<float>((ValueOf(half) + ValueOf(half + 1)) / 2);  // exact in float
    const uint16_t even = half % 2 == 0 ? half : half + 1;
    ASSERT_EQ(HalfFromFloat(middle), even) << half;
    ASSERT_EQ(HalfFromFloat(std::nextafter(middle, 0.f)), half) << half;
    ASSERT_EQ(HalfFromFloat(std::nextafter(middle, 1e9f)), half + 1) << half;
    ASSERT_EQ(HalfFromFloat(-middle), even | 0x8000) << half;
  }
}

TEST(HalfTest, LimitsAndSpecials) {
  constexpr float kInf = std::numeric_limits<float>::infinity();
  EXPECT_EQ(HalfFromFloat(65504.f), 0x7bff);
  EXPECT_EQ(HalfFromFloat(std::nextafter(65520.f, 0.f)), 0x7bff);
  EXPECT_EQ(HalfFromFloat(65520.f), 0x7c00);
  EXPECT_EQ(HalfFromFloat(kInf), 0x7c00);
  EXPECT_EQ(HalfFromFloat(-kInf), 0xfc00);
  EXPECT_EQ(HalfFromFloat(0x1p-24f), 1);
  EXPECT_EQ(HalfFromFloat(0x1p-25f), 0);  // tie, zero is even
  EXPECT_EQ(HalfFromFloat(-0.f), 0x8000);
  EXPECT_EQ(HalfFromFloat(std::numeric_limits<float>::denorm_min()), 0);
  EXPECT_TRUE(std::isnan(FloatFromHalf(HalfFromFloat(std::numeric_limits<float>::quiet_NaN()))));
  EXPECT_EQ(FloatFromHalf(0x7c00), kInf);
}

TEST(HalfTest, ArraysAgreeWithSingleValues) {
  const float values[] = {0.f, -1.5f, 3.14159f, 1e-6f, 70000.f};
  uint16_t halves[5];
  float back[5];
  HalfFromFloat(values, 5, halves);
  FloatFromHalf(halves, 5, back);
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(halves[i], HalfFromFloat(values[i]));
    EXPECT_EQ(back[i], FloatFromHalf(halves[i]));
  }
}

}  // namespace
}  // namespace sanerf::feature_container
