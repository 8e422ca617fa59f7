#include "sanerf/mask_aggregator/view_trust.h"

#include <gtest/gtest.h>

#include <cmath>

#include "sanerf/core/random.h"

namespace sanerf::mask_aggregator {
namespace {

// A pattern of edges in all channels, moved by so many pixels.
ImageF Pattern(int shift, float gain = 1, float offset = 0) {
  ImageF image(40, 30, 3);
  for (int y = 0; y < image.height; ++y)
    for (int x = 0; x < image.width; ++x)
      for (int c = 0; c < 3; ++c) image.At(x, y, c) = gain * ((x + shift + 2 * c) / 5 % 2 == 0 ? 0.2f : 0.7f) + offset;
  return image;
}

TEST(UnexplainedShare, LightIsExplainedAndMovementIsNot) {
  EXPECT_NEAR(UnexplainedShare(Pattern(0), Pattern(0)), 0, 1e-6);
  EXPECT_NEAR(UnexplainedShare(Pattern(0, 1.3f, -0.1f), Pattern(0)), 0, 1e-5);  // another exposure, haze
  // Edges every five pixels, moved by two: a fit of |correlation| 1/5 leaves 24/25 of it, by absolute values as well,
  // since both are of two values.
  EXPECT_GT(UnexplainedShare(Pattern(2), Pattern(0)), 0.9);
  EXPECT_LT(UnexplainedShare(Pattern(1), Pattern(0)), UnexplainedShare(Pattern(2), Pattern(0)));
  EXPECT_NEAR(UnexplainedShare(Pattern(5), Pattern(0)), 1, 0.02);                          // the other way round
  EXPECT_NEAR(UnexplainedShare(Pattern(0), ImageF(40, 30, 3, 0.5f)), 1, 1e-6);             // nothing is shown
  EXPECT_EQ(UnexplainedShare(ImageF(40, 30, 3, 0.5f), Pattern(0)), -1);                    // nothing to explain
  EXPECT_EQ(UnexplainedShare(Pattern(0), Pattern(0), std::vector<uint8_t>(1200, 0)), -1);  // nothing to look at
}

TEST(UnexplainedShare, LeavesOutWhatDoesNotBelongToTheScene) {
  ImageF photo = Pattern(0);
  std::vector<uint8_t> counts(1200, 1);
  for (int y = 0; y < 30; ++y)
    for (int x = 0; x < 15; ++x) {
      for (int c = 0; c < 3; ++c) photo.At(x, y, c) = 1;
      counts[size_t(y * 40 + x)] = 0;
    }
  EXPECT_GT(UnexplainedShare(photo, Pattern(0)), 0.2);
  EXPECT_NEAR(UnexplainedShare(photo, Pattern(0), counts), 0, 1e-6);
}

TEST(TrustFromShares, TheMedianIsWhatIsUsual) {
  const std::vector<float> weights = TrustFromShares({0.1, 0.2, 0.2, 0.8, -1}, 2);
  EXPECT_EQ(weights[0], 1);
  EXPECT_EQ(weights[1], 1);
  EXPECT_EQ(weights[2], 1);
  EXPECT_NEAR(weights[3], 1.0 / 16, 1e-6);
  EXPECT_EQ(weights[4], 1);
  EXPECT_EQ(TrustFromShares({0.1, 0.9}, 0), (std::vector<float>{1, 1}));
  EXPECT_EQ(TrustFromShares({0, 0}, 2), (std::vector<float>{1, 1}));
  // Of a scene that is explained badly everywhere nobody is singled out.
  EXPECT_EQ(TrustFromShares({0.7, 0.7, 0.7}, 4), (std::vector<float>{1, 1, 1}));
}

TEST(ViewTrust, TheLeastTrustedPlaceCounts) {
  EXPECT_EQ(ViewTrust().At(3, 3, 40, 30), 1);
  const ViewTrust trust{40, 30, {{{0, 0, 20, 20}, 0.5f}, {{10, 10, 40, 30}, 0.25f}}};
  EXPECT_EQ(trust.At(5.5, 5.5, 40, 30), 0.5f);
  EXPECT_EQ(trust.At(15.5, 15.5, 40, 30), 0.25f);
  EXPECT_EQ(trust.At(30.5, 5.5, 40, 30), 0.375f);  // outside: the mean
  EXPECT_EQ(trust.At(5.5, 5.5, 20, 15), 0.25f);    // at half the size that is (11, 11)
}

}  // namespace
}  // namespace sanerf::mask_aggregator
