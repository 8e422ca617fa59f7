#include "sanerf/export/matting.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace sanerf::exports {
namespace {

constexpr int kSize = 64;

// A disc whose rim fades over `fade` pixels, as fur does.
ImageF FadingDisc(double radius, double fade) {
  ImageF alpha(kSize, kSize, 1);
  for (int y = 0; y < kSize; ++y)
    for (int x = 0; x < kSize; ++x)
      alpha.At(x, y) =
          float(std::clamp((radius - std::hypot(x + 0.5 - kSize / 2.0, y + 0.5 - kSize / 2.0)) / fade + 0.5, 0.0, 1.0));
  return alpha;
}

ImageF Composite(const ImageF& alpha, const std::array<float, 3>& object, const std::array<float, 3>& behind) {
  ImageF rgb(alpha.width, alpha.height, 3);
  for (size_t i = 0; i < alpha.data.size(); ++i)
    for (size_t c = 0; c < 3; ++c) rgb.data[3 * i + c] = alpha.data[i] * object[c] + (1 - alpha.data[i]) * behind[c];
  return rgb;
}

double MeanDifference(const ImageF& a, const ImageF& b) {
  double sum = 0;
  for (size_t i = 0; i < a.data.size(); ++i) sum += std::abs(double(a.data[i]) - double(b.data[i]));
  return sum / double(a.data.size());
}

TEST(Matting, FindsTheAlphaThatAPictureWasMadeWith) {
  const ImageF alpha = FadingDisc(20, 1), rgb = Composite(alpha, {0.8f, 0.2f, 0.1f}, {0.1f, 0.5f, 0.3f});
  const ImageF coverage = FadingDisc(20.7, 0.01);  // labels: hard, and off by most of a pixel
  const Matte matte = MatteOf(rgb, coverage);
  EXPECT_LT(MeanDifference(matte.alpha, alpha), 0.15 * MeanDifference(coverage, alpha));
}

TEST(Matting, TheForegroundHasNothingOfWhatIsBehind) {
  const std::array<float, 3> object = {0.8f, 0.2f, 0.1f};
  const ImageF alpha = FadingDisc(20, 1.5), rgb = Composite(alpha, object, {0.1f, 0.5f, 0.3f});
  const Matte matte = MatteOf(rgb, alpha);
  int num_mixed = 0;
  for (int y = 0; y < kSize; ++y) {
    for (int x = 0; x < kSize; ++x) {
      if (matte.alpha.At(x, y) < 0.2f) continue;
      num_mixed += matte.alpha.At(x, y) < 0.8f;
      for (int c = 0; c < 3; ++c) ASSERT_NEAR(matte.foreground.At(x, y, c), object[size_t(c)], 0.03f) << x << "," << y;
    }
  }
  EXPECT_GT(num_mixed, 50);
  EXPECT_EQ(matte.foreground.At(0, 0, 1), 0);  // nothing of the room in what nobody sees
}

TEST(Matting, WhereColorsDoNotTellTheCoverageStays) {
  const ImageF coverage = FadingDisc(20, 1), gray(kSize, kSize, 3, 0.5f);
  EXPECT_LT(MeanDifference(MatteOf(gray, coverage).alpha, coverage), 0.01);
}

// Too small for a window of 3 x 3.
TEST(Matting, TinyPicturesKeepTheCoverage) {
  for (const auto& [width, height] : {std::pair{1, 1}, {2, 1}, {1, 2}, {2, 2}, {2, 5}}) {
    ImageF rgb(width, height, 3, 0.25f), coverage(width, height, 1);
    coverage.data[0] = 1;
    std::fill_n(rgb.data.begin(), 3, 0.75f);
    const Matte matte = MatteOf(rgb, coverage);
    EXPECT_LT(MeanDifference(matte.alpha, coverage), 1e-3) << width << "x" << height;
    EXPECT_NEAR(matte.foreground.At(0, 0, 1), 0.75f, 1e-3f);
  }
}

TEST(Matting, AwayFromTheOutlineNothingChanges) {
  const ImageF alpha = FadingDisc(20, 1), rgb = Composite(alpha, {0.8f, 0.2f, 0.1f}, {0.1f, 0.5f, 0.3f});
  const Matte matte = MatteOf(rgb, alpha);
  EXPECT_EQ(matte.alpha.At(kSize / 2, kSize / 2), 1);
  EXPECT_EQ(matte.alpha.At(2, 2), 0);
  for (int c = 0; c < 3; ++c) EXPECT_NEAR(matte.foreground.At(32, 32, c), rgb.At(32, 32, c), 1e-5f);
  const Matte empty = MatteOf(rgb, ImageF(kSize, kSize, 1)), full = MatteOf(rgb, ImageF(kSize, kSize, 1, 1.0f));
  EXPECT_EQ(empty.alpha.data, ImageF(kSize, kSize, 1).data);
  EXPECT_EQ(full.alpha.data, ImageF(kSize, kSize, 1, 1.0f).data);
  EXPECT_LT(MeanDifference(full.foreground, rgb), 1e-6);
}

}  // namespace
}  // namespace sanerf::exports
