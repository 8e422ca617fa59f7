#include "sanerf/core/pixel_window.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sanerf {
namespace {

TEST(PixelWindow, HoldsTheNonZeroPixelsAndNoOthers) {
  ImageU8 mask(9, 7, 1);
  mask.At(2, 3) = mask.At(4, 5) = 1;
  const PixelWindow window = WindowOf(mask);
  EXPECT_EQ(window.x0, 2);
  EXPECT_EQ(window.y0, 3);
  EXPECT_EQ(window.width(), 3);
  EXPECT_EQ(window.height(), 3);
  EXPECT_THAT(Cut(mask, window).data, testing::ElementsAre(1, 0, 0, 0, 0, 0, 0, 0, 1));
  EXPECT_TRUE(WindowOf(ImageU8(9, 7, 1)).empty());
}

TEST(PixelWindow, GrowsNoFartherThanTheImage) {
  const PixelWindow grown = PixelWindow{2, 3, 5, 6}.Grown(1, 4, 9, 7);
  EXPECT_EQ(grown.x0, 1);
  EXPECT_EQ(grown.x1, 6);
  EXPECT_EQ(grown.y0, 0);
  EXPECT_EQ(grown.y1, 7);
}

}  // namespace
}  // namespace sanerf
