#include "sanerf/poses/sharpness.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "sanerf/core/random.h"

namespace sanerf::poses {
namespace {

using ::testing::ElementsAre;

// Smooth noise with detail at several pixels, sampled at any place: the same surface, seen moved.
double SurfaceAt(double x, double y) {
  return 128 + 40 * std::sin(0.41 * x + 0.17 * y) + 35 * std::sin(-0.23 * x + 0.37 * y + 1) +
         30 * std::sin(0.13 * x * std::cos(0.02 * y) + 0.61 * y);
}
ImageU8 Surface(int width, int height, double dx, double dy, double brighter = 0) {
  ImageU8 picture(width, height, 1);
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x)
      picture.At(x, y) = uint8_t(std::clamp(SurfaceAt(x - dx, y - dy) * 0.8 + 10 + brighter, 0.0, 255.0));
  return picture;
}

// Along a line of alternating 0 and 1 the Laplacian is ±2 in x and 0 in y: its variance is 4 (squares of the step).
TEST(Sharpness, OfStripesIsKnown) {
  ImageU8 stripes(12, 12, 1);
  for (int y = 0; y < 12; ++y)
    for (int x = 0; x < 12; ++x) stripes.At(x, y) = x % 2 == 0 ? 100 : 110;
  EXPECT_NEAR(Sharpness(stripes), 400, 1e-9);  // 20 squared
  EXPECT_EQ(Sharpness(ImageU8(12, 12, 1, 77)), 0);
  ImageU8 ramp(12, 12, 1);
  for (int y = 0; y < 12; ++y)
    for (int x = 0; x < 12; ++x) ramp.At(x, y) = uint8_t(3 * x + 5 * y);
  EXPECT_NEAR(Sharpness(ramp), 0, 1e-9) << "a ramp has no curvature";
  EXPECT_EQ(Sharpness(ImageU8(2, 9, 1, 5)), 0);
}

TEST(Sharpness, FallsWithBlur) {
  const ImageU8 sharp = Surface(80, 60, 0, 0);
  ImageU8 blurred = sharp;
  for (int y = 0; y < 60; ++y) {
    for (int x = 2; x < 78; ++x) {
      int sum = 0;
      for (int k = -2; k <= 2; ++k) sum += sharp.At(x + k, y);
      blurred.At(x, y) = uint8_t(sum / 5);
    }
  }
  EXPECT_LT(Sharpness(blurred), Sharpness(sharp));
}

TEST(Sharpness, BlurredIsWhatFallsFarBelowItsNeighbors) {
  EXPECT_THAT(AreBlurred({100, 90, 20, 110, 95}, 2), ElementsAre(false, false, true, false, false));
  // Along a way into the dark everything becomes less, and nothing is blurred.
  EXPECT_THAT(AreBlurred({100, 60, 40, 25, 15, 10}, 1), ElementsAre(false, false, false, false, false, false));
  EXPECT_THAT(AreBlurred({}, 3), ElementsAre());
  EXPECT_THAT(AreBlurred({0, 0, 0}, 3), ElementsAre(false, false, false));
}

TEST(MotionBetween, IsThatOfAShiftedSurface) {
  const ImageU8 here = Surface(96, 72, 0, 0);
  for (const auto& [dx, dy] : {std::pair(0, 0), {3, 0}, {0, -4}, {6, 8}, {-12, 5}}) {
    const Motion motion = MotionBetween(here, Surface(96, 72, dx, dy));
    EXPECT_NEAR(motion.share, std::hypot(dx, dy) / 96, 1e-6) << dx << " " << dy;
    EXPECT_GT(motion.matched, 0.7);
  }
  EXPECT_NEAR(MotionBetween(here, Surface(96, 72, 3, 0, 20)).share, 3.0 / 96, 1e-6) << "exposure does not count";
}

TEST(MotionBetween, OfNothingInCommonAndOfNothingAtAll) {
  ImageU8 noise(96, 72, 1);
  Random random(7, 1);
  for (uint8_t& value : noise.data) value = uint8_t(255 * random.NextDouble());
  EXPECT_LT(MotionBetween(Surface(96, 72, 0, 0), noise).matched, 0.3);
  const Motion plain = MotionBetween(ImageU8(96, 72, 1, 50), ImageU8(96, 72, 1, 50));
  EXPECT_EQ(plain.matched, 0);
  EXPECT_EQ(plain.share, 0);
  EXPECT_EQ(MotionBetween(ImageU8(5, 5, 1), ImageU8(5, 5, 1)).matched, 0);
}

TEST(Gray, OfColorsAndSizes) {
  ImageU8 color(2, 1, 4);
  color.data = {255, 255, 255, 0, 255, 0, 0, 9};
  EXPECT_THAT(GrayOf(color).data, ElementsAre(255, 77));
  EXPECT_EQ(ShrunkTo(ImageU8(2000, 1000, 1), 1024).height, 512);
  EXPECT_EQ(ShrunkTo(ImageU8(20, 10, 1), 1024).width, 20);
}

}  // namespace
}  // namespace sanerf::poses
