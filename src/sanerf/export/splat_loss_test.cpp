#include "sanerf/export/splat_loss.h"

#include <gtest/gtest.h>

#include <cmath>

#include "sanerf/core/parallel.h"
#include "sanerf/core/random.h"

namespace sanerf::exports {
namespace {

PlanarImage RandomPicture(int width, int height, uint64_t seed) {
  PlanarImage picture(width, height);
  Random random(seed);
  for (float& value : picture.rgb) value = random.NextFloat();
  return picture;
}

TEST(SplatLoss, AnswersByHand) {
  PlanarImage black(20, 9), gray(20, 9), gradient;
  std::fill(gray.rgb.begin(), gray.rgb.end(), 0.5f);
  EXPECT_NEAR(SplatLoss(SplatError::kAbsolute, 0).Of(gray, black, &gradient), 0.5, 1e-6);
  for (const float g : gradient.rgb) EXPECT_NEAR(g * float(gray.rgb.size()), 1, 1e-4);
  EXPECT_NEAR(SplatLoss(SplatError::kSquared, 0).Of(gray, black, &gradient), 0.25, 1e-6);
  for (const float g : gradient.rgb) EXPECT_NEAR(g * float(gray.rgb.size()), 1, 1e-4);
  for (const double ssim : {0.0, 0.2, 1.0}) {
    const PlanarImage picture = RandomPicture(20, 9, 1);
    EXPECT_NEAR(SplatLoss(SplatError::kAbsolute, ssim).Of(picture, picture, &gradient), 0, 1e-5) << ssim;
    for (const float g : gradient.rgb) EXPECT_NEAR(g * float(gray.rgb.size()), 0, 1e-3);
  }
}

// Constant pictures a and b have no variance, so their similarity is (2 a b + C1) / (a^2 + b^2 + C1), but for the
// border of the picture, whose share of the mean is as 1 / side.
TEST(SplatLoss, SimilarityOfConstantPictures) {
  const double a = 0.3, b = 0.6, c1 = 1e-4;
  const double expected = (2 * a * b + c1) / (a * a + b * b + c1);
  double before = INFINITY;
  for (const int side : {40, 160, 640}) {
    PlanarImage first(side, side), second(side, side), gradient;
    std::fill(first.rgb.begin(), first.rgb.end(), float(a));
    std::fill(second.rgb.begin(), second.rgb.end(), float(b));
    const double loss = SplatLoss(SplatError::kAbsolute, 1).Of(first, second, &gradient);
    const double off = std::fabs(1 - loss - expected);
    EXPECT_LT(off, 12.0 / side) << side;
    EXPECT_LT(off, before) << side;
    before = off;
  }
}

TEST(SplatLoss, GradientIsTheDerivative) {
  for (const SplatError error : {SplatError::kAbsolute, SplatError::kSquared})
    for (const double ssim : {0.0, 0.3, 1.0}) {
      PlanarImage picture = RandomPicture(17, 13, 2), gradient, ignored;
      const PlanarImage target = RandomPicture(17, 13, 3);
      SplatLoss loss(error, ssim);
      loss.Of(picture, target, &gradient);
      const auto scale = double(picture.rgb.size());  // the gradient of a pixel is about 1 / their number
      for (size_t i = 0; i < picture.rgb.size(); i += 7) {
        const float kept = picture.rgb[i], h = 2e-3f;
        picture.rgb[i] = kept + h;
        const double up = loss.Of(picture, target, &ignored), above = double(picture.rgb[i]);
        picture.rgb[i] = kept - h;
        const double down = loss.Of(picture, target, &ignored), below = double(picture.rgb[i]);
        picture.rgb[i] = kept;
        if (std::fabs(kept - target.rgb[i]) < 2 * h) continue;  // |x| has no derivative at 0
        EXPECT_NEAR(double(gradient.rgb[i]) * scale, (up - down) / (above - below) * scale, 0.05) << ssim << ", " << i;
      }
    }
}

TEST(SplatLoss, SameBytesWithAnyNumberOfThreads) {
  const PlanarImage picture = RandomPicture(70, 50, 4), target = RandomPicture(70, 50, 5);
  PlanarImage gradients[2];
  double losses[2];
  for (int i = 0; i < 2; ++i) {
    SetNumThreads(i == 0 ? 1 : 4);
    losses[i] = SplatLoss(SplatError::kAbsolute, 0.2).Of(picture, target, &gradients[i]);
  }
  SetNumThreads(0);
  EXPECT_EQ(losses[0], losses[1]);
  EXPECT_EQ(gradients[0].rgb, gradients[1].rgb);
}

}  // namespace
}  // namespace sanerf::exports
