#include "sanerf/export/layers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

// The middle of the picture is the object: red ones get a cyan veil, blue ones a yellow one, gray ones the usual.
TEST(StandingOut, TheVeilHasTheOppositeHue) {
  ImageF rgb(9, 9, 3, 0.2f);
  ImageU8 mask(9, 9, 1);
  const auto veil_on = [&](float r, float g, float b) {
    for (int y = 3; y < 6; ++y)
      for (int x = 3; x < 6; ++x) {
        mask.At(x, y) = 255;
        rgb.At(x, y, 0) = r, rgb.At(x, y, 1) = g, rgb.At(x, y, 2) = b;
      }
    return StandingOut(rgb, mask).color;
  };
  const auto expect_color = [](const std::array<float, 3>& color, float r, float g, float b) {
    EXPECT_NEAR(color[0], r, 1e-5);
    EXPECT_NEAR(color[1], g, 1e-5);
    EXPECT_NEAR(color[2], b, 1e-5);
  };
  expect_color(veil_on(0.6f, 0.1f, 0.1f), 0, 1, 1);
  expect_color(veil_on(0.1f, 0.1f, 0.6f), 1, 1, 0);
  expect_color(veil_on(0.1f, 0.6f, 0.6f), 1, 0, 0);
  EXPECT_EQ(veil_on(0.5f, 0.5f, 0.5f), Veil().color);
  EXPECT_EQ(StandingOut(rgb, ImageU8(9, 9, 1)).color, Veil().color);
  const ImageU8 red_object = Overlay(rgb, mask, {.color = {0, 1, 1}, .contour = {1, 2, 3}});
  EXPECT_EQ(red_object.At(3, 3, 0), 1);
  EXPECT_GT(red_object.At(4, 4, 1), red_object.At(4, 4, 0));
}

}  // namespace
}  // namespace sanerf::exports
