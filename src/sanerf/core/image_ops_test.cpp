#include "sanerf/core/image_ops.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace sanerf {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::Pointwise;

ImageF Row(std::vector<float> values) {
  ImageF image(int(values.size()), 1, 1);
  image.data = std::move(values);
  return image;
}

TEST(ImageOps, ConvertsWithRoundingAndClamping) {
  EXPECT_THAT(ToU8(Row({-1, 0, 0.5f, 1, 2, std::numeric_limits<float>::quiet_NaN()})).data,
              ElementsAre(0, 0, 128, 255, 255, 0));
  ImageU8 all(256, 1, 1);
  for (int i = 0; i < 256; ++i) all.data[size_t(i)] = uint8_t(i);
  EXPECT_EQ(ToU8(ToFloat(all)).data, all.data);
}

// Enlarging 2 -> 4: centers at 0.25, 0.75, 1.25, 1.75 of the input, whose samples lie at 0.5 and 1.5.
TEST(ImageOps, EnlargingInterpolatesBetweenPixelCenters) {
  EXPECT_THAT(Resize(Row({0, 1}), 4, 1).data, Pointwise(FloatNear(1e-6f), {0.0f, 0.25f, 0.75f, 1.0f}));
}

// Shrinking 4 -> 2: center 1, support 2: weights 1/4, 3/4, 3/4, 1/4 of the samples at 0.5, 1.5, 2.5 (the one at -0.5 is
// outside): (0.75 a + 0.75 b + 0.25 c) / 1.75.
TEST(ImageOps, ShrinkingAveragesAsPil) {
  EXPECT_THAT(Resize(Row({7, 0, 0, 0}), 2, 1).data, Pointwise(FloatNear(1e-6f), {3.0f, 0.0f}));
  EXPECT_THAT(Resize(Row({0, 0, 7, 0}), 2, 1).data, Pointwise(FloatNear(1e-6f), {1.0f, 3.0f}));
}

TEST(ImageOps, ResizingKeepsConstantsAndRamps) {
  ImageF image(40, 30, 2);
  for (int y = 0; y < 30; ++y) {
    for (int x = 0; x < 40; ++x) {
      image.At(x, y, 0) = 0.3f;
      image.At(x, y, 1) = float(x + 0.5 + 2 * (y + 0.5));
    }
  }
  const ImageF small = Resize(image, 10, 15);
  for (int y = 2; y < 13; ++y) {
    for (int x = 1; x < 9; ++x) {
      EXPECT_NEAR(small.At(x, y, 0), 0.3f, 1e-6);
      EXPECT_NEAR(small.At(x, y, 1), (x + 0.5) * 4 + 2 * (y + 0.5) * 2, 1e-4);
    }
  }
}

TEST(ImageOps, NearestTakesThePixelBelowTheCenter) {
  ImageU8 labels(4, 1, 1);
  labels.data = {1, 2, 3, 4};
  EXPECT_THAT(ResizeNearest(labels, 2, 1).data, ElementsAre(2, 4));
  EXPECT_THAT(ResizeNearest(labels, 8, 1).data, ElementsAre(1, 1, 2, 2, 3, 3, 4, 4));
}

TEST(ImageOps, CompositesOverABackground) {
  const float white[3] = {1, 1, 1};
  ImageF rgba(1, 1, 4);
  rgba.data = {0.5f, 0, 1, 0.25f};
  EXPECT_THAT(CompositeOver(rgba, white).data, ElementsAre(0.875f, 0.75f, 1.0f));
  ImageF gray_alpha(1, 1, 2);
  gray_alpha.data = {0, 0.5f};
  EXPECT_THAT(CompositeOver(gray_alpha, white).data, ElementsAre(0.5f, 0.5f, 0.5f));
  EXPECT_THAT(CompositeOver(Row({0.25f}), white).data, ElementsAre(0.25f, 0.25f, 0.25f));
}

TEST(ImageOps, ToRgbDropsAlpha) {
  ImageU8 rgba(1, 1, 4), gray(1, 1, 2);
  rgba.data = {1, 2, 3, 4};
  gray.data = {9, 4};
  EXPECT_THAT(ToRgb(rgba).data, ElementsAre(1, 2, 3));
  EXPECT_THAT(ToRgb(gray).data, ElementsAre(9, 9, 9));
}

TEST(ImageOps, SpecksAreRemovedAndHolesFilled) {
  const auto mask_of = [](const std::vector<std::string>& rows) {
    ImageU8 mask(int(rows[0].size()), int(rows.size()), 1);
    for (int y = 0; y < mask.height; ++y)
      for (int x = 0; x < mask.width; ++x) mask.At(x, y) = rows[size_t(y)][size_t(x)] == '#' ? 255 : 0;
    return mask;
  };
  ImageU8 mask = mask_of({"######...#",  // an island of one and one of two, touching at a corner only
                          "#.####..#.",  // a hole of one
                          "##..##..#.",  // a hole of two
                          "######...."});
  ImageU8 copy = mask;
  RemoveSpecks(1, &copy);
  EXPECT_EQ(copy.data, mask_of({"######....", "######..#.", "##..##..#.", "######...."}).data);
  copy = mask;
  RemoveSpecks(2, &copy);
  EXPECT_EQ(copy.data, mask_of({"######....", "######....", "######....", "######...."}).data);
  // However large the limit, the largest island stays.
  copy = mask_of({"#..", "##.", "..#"});
  RemoveSpecks(5, &copy);
  EXPECT_EQ(copy.data, mask_of({"#..", "##.", "..."}).data);
  copy = ImageU8(3, 3, 1);
  RemoveSpecks(4, &copy);
  EXPECT_EQ(copy.data, ImageU8(3, 3, 1).data);
}

TEST(ImageOps, DepthColorsGoFromWarmToCold) {
  ImageF depth(100, 1, 1);
  for (int i = 0; i < 100; ++i) depth.data[size_t(i)] = float(i);
  depth.data[50] = std::numeric_limits<float>::infinity();
  const ImageU8 color = ColorizeDepth(depth);
  EXPECT_GT(color.At(5, 0, 0), color.At(5, 0, 2));    // near: red over blue
  EXPECT_LT(color.At(85, 0, 0), color.At(85, 0, 2));  // far: blue over red
  EXPECT_EQ(color.At(0, 0, 0) + color.At(0, 0, 1) + color.At(0, 0, 2), 0);
  EXPECT_EQ(color.At(50, 0, 0) + color.At(50, 0, 1) + color.At(50, 0, 2), 0);
  EXPECT_EQ(ColorizeDepth(ImageF(2, 2, 1)).data, std::vector<uint8_t>(12, 0));

  // A part with the range of the whole has the colors of the whole.
  ImageF part(10, 1, 1);
  for (int x = 0; x < 10; ++x) part.At(x, 0) = depth.At(20 + x, 0);
  const ImageU8 colors = ColorizeDepth(part, DepthRangeOf(depth));
  for (int i = 0; i < 30; ++i) EXPECT_EQ(colors.data[size_t(i)], color.data[size_t(60 + i)]) << i;
}

}  // namespace
}  // namespace sanerf
