#include "sanerf/segmentation/automatic/coplanar.h"

#include <gtest/gtest.h>

#include <cmath>

#include "sanerf/core/random.h"

namespace sanerf::segmentation {
namespace {

constexpr int kSize = 64;

// A slanted plane, its depth 2 to 4, with noise of half a percent.
ImageF Plane() {
  Random random(1);
  ImageF depth(kSize, kSize, 1);
  for (int y = 0; y < kSize; ++y)
    for (int x = 0; x < kSize; ++x)
      depth.At(x, y) = float((1 + 0.005 * (2 * random.NextDouble() - 1)) / (0.5 - 0.003 * y - 0.001 * x));
  return depth;
}

BitMask Rectangle(int x0, int y0, int x1, int y1) {
  ImageU8 mask(kSize, kSize, 1);
  for (int y = y0; y < y1; ++y)
    for (int x = x0; x < x1; ++x) mask.At(x, y) = 255;
  return BitMask::Above(mask, uint8_t{0});
}

// Gives every pixel of the rectangle the depth `change` makes of it.
template <class F>
ImageF Changed(ImageF depth, int x0, int y0, int x1, int y1, const F& change) {
  for (int y = y0; y < y1; ++y)
    for (int x = x0; x < x1; ++x) depth.At(x, y) = float(change(x, y, double(depth.At(x, y))));
  return depth;
}

TEST(IsCoplanarTest, APieceOfAPlane) { EXPECT_TRUE(IsCoplanar(Rectangle(20, 20, 44, 40), Plane())); }

TEST(IsCoplanarTest, ABoardThatEndsAtTheTablesEdge) {
  const ImageF depth = Changed(Plane(), 44, 0, kSize, kSize, [](int, int, double z) { return 2 * z; });  // the floor
  EXPECT_TRUE(IsCoplanar(Rectangle(4, 20, 44, 30), depth));
  // The table itself: what lies around it, falls away.
  EXPECT_FALSE(IsCoplanar(Rectangle(0, 0, 44, kSize), depth));
}

TEST(IsCoplanarTest, ABookLiesOnTheTable) {
  const auto lifted = [](int, int, double z) { return 0.95 * z; };
  EXPECT_FALSE(IsCoplanar(Rectangle(20, 20, 44, 40), Changed(Plane(), 20, 20, 44, 40, lifted)));
}

TEST(IsCoplanarTest, ABallIsNoPlane) {
  const auto ball = [](int x, int y, double z) {
    const double r2 = ((x - 32) * (x - 32) + (y - 32) * (y - 32)) / 256.0;
    return r2 < 1 ? z * (1 - 0.2 * std::sqrt(1 - r2)) : z;
  };
  EXPECT_FALSE(IsCoplanar(Rectangle(24, 24, 40, 40), Changed(Plane(), 16, 16, 48, 48, ball)));
}

TEST(IsCoplanarTest, AThingInFrontDoesNotMakeTheBoardBehindItStandOut) {
  const ImageF depth = Changed(Plane(), 20, 28, 64, 64, [](int, int, double) { return 1.0; });
  EXPECT_TRUE(IsCoplanar(Rectangle(20, 10, 44, 28), depth));
}

TEST(IsCoplanarTest, TooLittleToTell) {
  EXPECT_FALSE(IsCoplanar(Rectangle(20, 20, 24, 24), Plane()));                  // all of it rim
  EXPECT_FALSE(IsCoplanar(Rectangle(20, 20, 44, 40), ImageF(kSize, kSize, 1)));  // nothing there
}

}  // namespace
}  // namespace sanerf::segmentation
