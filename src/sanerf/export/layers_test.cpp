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

}  // namespace
}  // namespace sanerf::exports
