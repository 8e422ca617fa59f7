#include "sanerf/export/layers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "sanerf/core/image_ops.h"

namespace sanerf::exports {
namespace {

using ::testing::ElementsAre;

TEST(Layers, OverlayTintsTheInsideAndDrawsTheContour) {
  const ImageF gray(7, 7, 3, 0.5f);
  ImageU8 mask(7, 7, 1);
  for (int y = 1; y < 6; ++y) {
    for (int x = 1; x < 6; ++x) mask.At(x, y) = 255;
  }
  const ImageU8 overlay = Overlay(gray, mask);
  EXPECT_EQ(overlay.At(0, 0, 0), 128);
  EXPECT_GT(overlay.At(1, 1, 0), 250);  // contour
  EXPECT_GT(overlay.At(3, 3, 0), 128);  // veil: redder and
  EXPECT_LT(overlay.At(3, 3, 2), 128);  // less blue
}

TEST(Layers, CutoutKeepsColorAndSetsAlpha) {
  ImageF rgb(1, 1, 3), alpha(1, 1, 1, 0.2f);
  rgb.data = {1, 0, 0.2f};
  EXPECT_THAT(Cutout(rgb, alpha).data, ElementsAre(255, 0, 51, 51));
}

TEST(Layers, DifferenceHasFourColors) {
  ImageU8 mask(4, 1, 1), truth(4, 1, 1);
  mask.data = {0, 255, 0, 255};
  truth.data = {0, 0, 255, 255};
  const ImageU8 difference = MaskDifference(mask, truth);
  EXPECT_LT(difference.At(0, 0, 0), 50);
  EXPECT_GT(difference.At(1, 0, 2), 200);  // too much: blue
  EXPECT_GT(difference.At(2, 0, 0), 200);  // missed: red
  EXPECT_GT(difference.At(3, 0, 1), 200);  // right: white
}

TEST(Layers, LabelsAndChannels) {
  ImageU8 labels(3, 1, 1);
  labels.data = {0, 2, 1};
  EXPECT_THAT(MaskOfLabel(labels, 2).data, ElementsAre(0, 255, 0));
  ImageF two(2, 1, 2);
  two.data = {1, 2, 3, 4};
  EXPECT_THAT(Channel(two, 1).data, ElementsAre(2, 4));
}

// An object of one color in the middle of another: a red ball and a blue mug on wood, where the mug's opposite hue
// looks like the table; gray on gray; one that fills the picture.
TEST(StandingOut, TheVeiledObjectLooksLikeNeitherItselfNorItsSurroundings) {
  using Rgb = std::array<float, 3>;
  const Rgb wood = {0.62f, 0.47f, 0.33f};
  for (const auto& [object, around] : {std::pair<Rgb, Rgb>{{0.7f, 0.2f, 0.15f}, wood},
                                       {{0.2f, 0.38f, 0.6f}, wood},
                                       {{0.5f, 0.5f, 0.5f}, {0.4f, 0.4f, 0.4f}},
                                       {{0.95f, 0.95f, 0.95f}, {0.9f, 0.9f, 0.8f}}}) {
    ImageF rgb(9, 9, 3);
    ImageU8 mask(9, 9, 1);
    for (int y = 0; y < 9; ++y)
      for (int x = 0; x < 9; ++x) {
        const bool is_object = x >= 3 && x < 6 && y >= 3 && y < 6;
        mask.At(x, y) = is_object ? 255 : 0;
        std::copy_n((is_object ? object : around).data(), 3, rgb.Pixel(x, y));
      }
    const ImageF veiled = ToFloat(Overlay(rgb, mask, StandingOut(rgb, mask)));
    const auto distance = [&](const Rgb& color) {
      const float* seen = veiled.Pixel(4, 4);
      return std::hypot(seen[0] - color[0], seen[1] - color[1], seen[2] - color[2]);
    };
    EXPECT_GT(distance(object), 0.3f);
    EXPECT_GT(distance(around), 0.3f);
  }
  EXPECT_EQ(StandingOut(ImageF(9, 9, 3, 0.5f), ImageU8(9, 9, 1)).color, Veil().color);
  EXPECT_NE(StandingOut(ImageF(9, 9, 3, 0.5f), ImageU8(9, 9, 1, 255)).color, Veil().color);
}

TEST(Layers, AVeilHasItsColorAndContour) {
  const ImageF black(5, 5, 3);
  ImageU8 mask(5, 5, 1);
  for (int y = 1; y < 4; ++y) std::fill_n(mask.Pixel(1, y), 3, 255);
  const ImageU8 overlay = Overlay(black, mask, {.color = {0, 1, 1}, .contour = {1, 2, 3}});
  EXPECT_EQ(overlay.At(1, 1, 0), 1);
  EXPECT_EQ(overlay.At(2, 2, 0), 0);
  EXPECT_GT(overlay.At(2, 2, 1), 100);
}

}  // namespace
}  // namespace sanerf::exports
