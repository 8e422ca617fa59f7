#include "sanerf/experiments/crop.h"

#include <gtest/gtest.h>

namespace sanerf::experiments {
namespace {

ImageU8 MaskWith(int width, int height, int x0, int y0, int x1, int y1) {
  ImageU8 mask(width, height, 1);
  for (int y = y0; y < y1; ++y)
    for (int x = x0; x < x1; ++x) mask.At(x, y) = 255;
  return mask;
}

TEST(Crop, IsASquareWithRoomAroundTheObject) {
  PixelWindow crop = CropAround(MaskWith(400, 300, 100, 50, 200, 100));  // 100 x 50, room of 25 on each side
  EXPECT_EQ(crop.width(), 150);
  EXPECT_EQ(crop.height(), 150);
  EXPECT_EQ(crop.x0, 75);
  EXPECT_EQ(crop.y0, 0);
  crop = CropAround(MaskWith(400, 300, 390, 290, 400, 300));  // small, in the corner
  EXPECT_EQ(crop.width(), 48);
  EXPECT_EQ(crop.x0, 352);
  EXPECT_EQ(crop.y0, 252);
  crop = CropAround(MaskWith(40, 300, 0, 0, 40, 300));  // larger than the image
  EXPECT_EQ(crop.width(), 40);
  EXPECT_EQ(crop.height(), 300);
  crop = CropAround(ImageU8(40, 30, 1));
  EXPECT_EQ(crop.width(), 40);
}

}  // namespace
}  // namespace sanerf::experiments
