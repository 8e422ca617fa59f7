#include "sanerf/export/matting.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "sanerf/core/error.h"
#include "sanerf/core/job.h"
#include "sanerf/core/random.h"

namespace sanerf::exports {
namespace {

constexpr int kSize = 64;

void Silent(const std::string&) {}

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
  const Matte matte = MatteOf(rgb, coverage, Job());
  EXPECT_LT(MeanDifference(matte.alpha, alpha), 0.15 * MeanDifference(coverage, alpha));
}

TEST(Matting, TheForegroundHasNothingOfWhatIsBehind) {
  const std::array<float, 3> object = {0.8f, 0.2f, 0.1f};
  const ImageF alpha = FadingDisc(20, 1.5), rgb = Composite(alpha, object, {0.1f, 0.5f, 0.3f});
  const Matte matte = MatteOf(rgb, alpha, Job());
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
  EXPECT_LT(MeanDifference(MatteOf(gray, coverage, Job()).alpha, coverage), 0.02);
}

// Too small for a window of 3 x 3.
TEST(Matting, TinyPicturesKeepTheCoverage) {
  for (const auto& [width, height] : {std::pair{1, 1}, {2, 1}, {1, 2}, {2, 2}, {2, 5}}) {
    ImageF rgb(width, height, 3, 0.25f), coverage(width, height, 1);
    coverage.data[0] = 1;
    std::fill_n(rgb.data.begin(), 3, 0.75f);
    const Matte matte = MatteOf(rgb, coverage, Job());
    EXPECT_LT(MeanDifference(matte.alpha, coverage), 1e-3) << width << "x" << height;
    EXPECT_NEAR(matte.foreground.At(0, 0, 1), 0.75f, 1e-3f);
  }
}

TEST(Matting, AwayFromTheOutlineNothingChanges) {
  const ImageF alpha = FadingDisc(20, 1), rgb = Composite(alpha, {0.8f, 0.2f, 0.1f}, {0.1f, 0.5f, 0.3f});
  const Matte matte = MatteOf(rgb, alpha, Job());
  EXPECT_EQ(matte.alpha.At(kSize / 2, kSize / 2), 1);
  EXPECT_EQ(matte.alpha.At(2, 2), 0);
  for (int c = 0; c < 3; ++c) EXPECT_NEAR(matte.foreground.At(32, 32, c), rgb.At(32, 32, c), 1e-5f);
  const Matte empty = MatteOf(rgb, ImageF(kSize, kSize, 1), Job());
  const Matte full = MatteOf(rgb, ImageF(kSize, kSize, 1, 1.0f), Job());
  EXPECT_EQ(empty.alpha.data, ImageF(kSize, kSize, 1).data);
  EXPECT_EQ(full.alpha.data, ImageF(kSize, kSize, 1, 1.0f).data);
  EXPECT_LT(MeanDifference(full.foreground, rgb), 1e-6);
}

// The more the prior weighs, the nearer alpha stays to it; colors that say nothing leave no choice.
TEST(Matting, ThePriorHoldsAlphaToTheCoverage) {
  const ImageF alpha = FadingDisc(20, 1), rgb = Composite(alpha, {0.8f, 0.2f, 0.1f}, {0.1f, 0.5f, 0.3f});
  const ImageF coverage = FadingDisc(20.7, 0.01);
  const auto alpha_with = [&](const CoveragePrior& prior) {
    return MatteOf(rgb, coverage, Job(), Silent, prior).alpha;
  };
  const double usual = MeanDifference(alpha_with({}), coverage);
  EXPECT_LT(MeanDifference(alpha_with({.weight = 1e6}), coverage), 0.2 * usual);
  EXPECT_LT(MeanDifference(alpha_with({.noise = 100}), coverage), 0.5 * usual);
  EXPECT_EQ(alpha_with({.weight = 10, .noise = 1e-4}).data, alpha_with({}).data);
}

TEST(Matting, SaysWhatItDoes) {
  const ImageF alpha = FadingDisc(20, 1), rgb = Composite(alpha, {0.8f, 0.2f, 0.1f}, {0.1f, 0.5f, 0.3f});
  std::vector<std::string> parts;
  MatteOf(rgb, FadingDisc(20.7, 0.01), Job(), [&](const std::string& part) { parts.push_back(part); });
  ASSERT_GT(parts.size(), 5u);
  EXPECT_EQ(parts[0], "outline");
  EXPECT_EQ(parts[1], "colors along the outline");
  EXPECT_EQ(parts[2], "alpha, iteration 1");
  EXPECT_EQ(parts[3], "alpha, iteration 2");
  EXPECT_EQ(parts.back(), "colors without the background");
}

// Of 600 pixels a cell of SAM's masks is 3: alpha is looked for in the columns 297 to 302 along an outline at 300.
TEST(Matting, TheBandIsOneOfSamsCellsToEitherSide) {
  ImageF rgb(600, 8, 3), coverage(600, 8, 1);
  Random random(1);
  for (float& value : rgb.data) value = random.NextFloat();
  for (int y = 0; y < 8; ++y) std::fill(coverage.Pixel(300, y), coverage.Pixel(599, y) + 1, 1.0f);
  const ImageF alpha = MatteOf(rgb, coverage, Job(), Silent, {.weight = 1e-3}).alpha;
  const auto num_changed = [&](int x) {
    int count = 0;
    for (int y = 0; y < 8; ++y) count += alpha.At(x, y) != coverage.At(x, y);
    return count;
  };
  for (int x = 0; x < 600; ++x) {
    if (x < 297 || x > 302) {
      EXPECT_EQ(num_changed(x), 0) << x;
    }
  }
  EXPECT_GT(num_changed(297), 0);
  EXPECT_GT(num_changed(302), 0);
}

// Whatever it is doing when it is asked to stop, it does not go on to the next part or iteration.
TEST(Matting, StopsInEveryPart) {
  const ImageF alpha = FadingDisc(20, 1), rgb = Composite(alpha, {0.8f, 0.2f, 0.1f}, {0.1f, 0.5f, 0.3f});
  for (const std::string last : {"outline", "colors along the outline", "alpha, iteration 1", "alpha, iteration 2",
                                 "colors without the background"}) {
    StopSource stop;
    std::string said;
    const auto on_part = [&](const std::string& part) {
      said = part;
      if (part == last) stop.RequestStop();
    };
    EXPECT_THROW(MatteOf(rgb, FadingDisc(20.7, 0.01), Job().With(stop.token()), on_part), InterruptedError) << last;
    EXPECT_EQ(said, last);
  }
}

}  // namespace
}  // namespace sanerf::exports
