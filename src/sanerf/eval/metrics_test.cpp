#include "sanerf/eval/metrics.h"

#include <gtest/gtest.h>

#include <cmath>

#include "sanerf/core/random.h"

namespace sanerf::eval {
namespace {

ImageU8 Rectangle(int width, int height, int x0, int y0, int x1, int y1) {
  ImageU8 mask(width, height, 1);
  for (int y = y0; y < y1; ++y) {
    for (int x = x0; x < x1; ++x) mask.At(x, y) = 255;
  }
  return mask;
}

TEST(MaskScore, SumsOverViewsBeforeDividing) {
  MaskScore score;
  score.Add(Rectangle(100, 100, 0, 0, 10, 10), Rectangle(100, 100, 0, 0, 10, 20));  // 100 of 200
  score.Add(Rectangle(100, 100, 0, 0, 0, 0), Rectangle(100, 100, 50, 50, 51, 51));  // 0 of 1
  EXPECT_EQ(score.intersection, 100);
  EXPECT_EQ(score.union_, 201);
  EXPECT_DOUBLE_EQ(score.Iou(), 100.0 / 201);
  EXPECT_DOUBLE_EQ(score.Accuracy(), 1 - 101.0 / 20000);
  EXPECT_EQ(score.num_views, 2);
}

// Nothing is there and nothing is said to be: right pixels, but no overlap that could be measured.
TEST(MaskScore, EmptyOnBothSidesIsCountedApart) {
  MaskScore score;
  score.Add(ImageU8(20, 20, 1), ImageU8(20, 20, 1));
  EXPECT_FALSE(score.has_iou());
  EXPECT_EQ(score.Iou(), 0);
  EXPECT_EQ(score.BoundaryIou(), 0);
  EXPECT_EQ(score.Accuracy(), 1);
  EXPECT_EQ(score.views_without_object, 1);
  score.Add(Rectangle(20, 20, 0, 0, 2, 4), Rectangle(20, 20, 0, 0, 4, 4));  // 8 of 16
  EXPECT_TRUE(score.has_iou());
  EXPECT_EQ(score.Iou(), 0.5);
  EXPECT_EQ(score.num_views, 2);
  EXPECT_EQ(score.views_without_object, 1);
}

TEST(MaskScore, AMaskWhereNothingIsStaysWrong) {
  MaskScore score;
  score.Add(Rectangle(20, 20, 0, 0, 2, 4), ImageU8(20, 20, 1));
  EXPECT_TRUE(score.has_iou());
  EXPECT_EQ(score.Iou(), 0);
  EXPECT_EQ(score.BoundaryIou(), 0);
  EXPECT_EQ(score.views_without_object, 0);
}

// 300 x 400 has a diagonal of 500, so the band is 10 pixels wide. Prediction: a square of 100 pixels, truth: the same
// moved by 4 to the right. A band is 100^2 - 80^2 = 3600 pixels. Common: both rings lie in columns 4..104 of the first
// frame. Columns 4..9 and 94..99 (in the first square's coordinates, 0..99; second square 4..103): derived by counting
// rows.
//   first ring at column c:  all 100 rows for c < 10 or c >= 90, else 20.   second ring: the same for c - 4.
//   columns 4..9: 100 & 100 -> 6 * 100; 10..13: 20 & 100 -> 4 * 20; 14..89: 20 & 20 -> 76 * 20; 90..93: 100 & 20 -> 4 *
//   20; 94..99: 100 & 100 -> 6 * 100.   sum = 600 + 80 + 1520 + 80 + 600 = 2880.   union = 7200 - 2880 = 4320.
TEST(MaskScore, BoundaryIouComparesBands) {
  MaskScore score;
  score.Add(Rectangle(300, 400, 50, 50, 150, 150), Rectangle(300, 400, 54, 50, 154, 150));
  EXPECT_EQ(score.boundary_intersection, 2880);
  EXPECT_EQ(score.boundary_union, 4320);
  EXPECT_DOUBLE_EQ(score.BoundaryIou(), 2.0 / 3);
  EXPECT_DOUBLE_EQ(score.Iou(), 9600.0 / 10400);
}

// The frame of the image is a boundary too, as in the authors' evaluation: a full image has a ring of its own.
TEST(MaskScore, MasksCutByTheFrameHaveABoundaryThere) {
  MaskScore score;
  score.Add(Rectangle(30, 40, 0, 0, 30, 40), Rectangle(30, 40, 0, 0, 30, 40));  // diagonal 50, band 1
  EXPECT_EQ(score.boundary_intersection, 30 * 40 - 28 * 38);
}

// The definition itself: erode once per pixel of the band by a 3x3 square, keep what vanished.
ImageU8 ErodedAway(const ImageU8& mask, int band) {
  ImageU8 inner = mask;
  for (int step = 0; step < band; ++step) {
    const ImageU8 before = inner;
    for (int y = 0; y < mask.height; ++y) {
      for (int x = 0; x < mask.width; ++x) {
        for (int dy = -1; dy <= 1; ++dy) {
          for (int dx = -1; dx <= 1; ++dx) {
            const int u = x + dx, v = y + dy;
            const bool outside = u < 0 || v < 0 || u >= mask.width || v >= mask.height || before.At(u, v) == 0;
            if (outside) inner.At(x, y) = 0;
          }
        }
      }
    }
  }
  ImageU8 ring(mask.width, mask.height, 1);
  for (size_t i = 0; i < ring.data.size(); ++i) ring.data[i] = mask.data[i] != 0 && inner.data[i] == 0;
  return ring;
}

TEST(MaskScore, TheBandEqualsRepeatedErosion) {
  Random random(5);
  for (int round = 0; round < 10; ++round) {
    ImageU8 a(120, 90, 1), b(120, 90, 1);  // diagonal 150, band 3
    for (int blob = 0; blob < 12; ++blob) {
      const double x0 = random.NextDouble() * 120, y0 = random.NextDouble() * 90, r = 3 + random.NextDouble() * 20;
      for (int y = 0; y < 90; ++y) {
        for (int x = 0; x < 120; ++x) {
          if (std::hypot(x - x0, y - y0) < r) (blob % 2 == 0 ? a : b).At(x, y) = 255;
        }
      }
    }
    MaskScore score;
    score.Add(a, b);
    const ImageU8 ring_a = ErodedAway(a, 3), ring_b = ErodedAway(b, 3);
    int64_t intersection = 0, either = 0;
    for (size_t i = 0; i < ring_a.data.size(); ++i) {
      intersection += ring_a.data[i] != 0 && ring_b.data[i] != 0;
      either += ring_a.data[i] != 0 || ring_b.data[i] != 0;
    }
    EXPECT_EQ(score.boundary_intersection, intersection);
    EXPECT_EQ(score.boundary_union, either);
  }
}

TEST(Psnr, FollowsTheMeanSquaredError) {
  const ImageF a(10, 10, 3, 0.5f), b(10, 10, 3, 0.6f);
  EXPECT_NEAR(Psnr(a, b), 20, 1e-5);  // MSE 0.01
  ImageF c = a;
  c.data[0] = 1.0f;  // MSE 0.25 / 300
  EXPECT_NEAR(Psnr(a, c), -10 * std::log10(0.25 / 300), 1e-9);
  EXPECT_TRUE(std::isinf(Psnr(a, a)));
}

// Errors of 0.1 everywhere and of 0.5 where it does not count.
TEST(Psnr, IgnoredPixelsDoNotCount) {
  const ImageF a(20, 14, 3, 0.5f);
  ImageF b(20, 14, 3, 0.6f);
  ImageU8 ignored(20, 14, 1);
  for (int x = 3; x < 6; ++x) {
    ignored.At(x, 2) = 255;
    for (int c = 0; c < 3; ++c) b.At(x, 2, c) = 1;
  }
  EXPECT_LT(Psnr(a, b), 19.9);
  EXPECT_NEAR(Psnr(a, b, ignored), 20, 1e-5);
  // Windows of 11 x 11 from x = 6 on see none of them; those of rows 3 to 13 neither.
  const ImageF flat(20, 14, 3, 0.6f);
  EXPECT_LT(Ssim(a, b), Ssim(a, flat) - 0.01);
  EXPECT_NEAR(Ssim(a, b, ignored), Ssim(a, flat), 1e-9);
  EXPECT_TRUE(std::isnan(Psnr(a, b, ImageU8(20, 14, 1, 1))));
  EXPECT_TRUE(std::isnan(Ssim(a, b, ImageU8(20, 14, 1, 1))));
}

// Two constant images: variances and covariance vanish, SSIM = (2ab + C1) / (a^2 + b^2 + C1).
TEST(Ssim, ComparesMeansOfConstantImages) {
  const ImageF a(16, 12, 1, 0.25f), b(16, 12, 1, 0.75f);
  EXPECT_NEAR(Ssim(a, b), (2 * 0.25 * 0.75 + 1e-4) / (0.0625 + 0.5625 + 1e-4), 1e-9);
  EXPECT_NEAR(Ssim(a, a), 1, 1e-12);
}

// A checkerboard +-d around m against its negative: equal means, covariance = -variance. The window's weights on the
// two colors differ by s = (sum over i of (-1)^i w_i)^2 (sign by position), so mean = m +- d s and variance = d^2 - (d
// s)^2.
TEST(Ssim, OppositeContrastIsNegative) {
  const float m = 0.5f, d = 0.25f;
  ImageF a(20, 20, 1), b(20, 20, 1);
  for (int y = 0; y < 20; ++y) {
    for (int x = 0; x < 20; ++x) {
      const float sign = (x + y) % 2 == 0 ? 1.0f : -1.0f;
      a.At(x, y) = m + d * sign;
      b.At(x, y) = m - d * sign;
    }
  }
  double sum = 0, alternating = 0;
  for (int i = -5; i <= 5; ++i) {
    const double w = std::exp(-i * i / 4.5);
    sum += w;
    alternating += (i % 2 == 0 ? w : -w);
  }
  const double s = std::pow(alternating / sum, 2), mean_a = m + d * s, mean_b = m - d * s,
               variance = d * d * (1 - s * s);
  const double expected = (2 * mean_a * mean_b + 1e-4) * (-2 * variance + 9e-4) /
                          ((mean_a * mean_a + mean_b * mean_b + 1e-4) * (2 * variance + 9e-4));
  EXPECT_NEAR(Ssim(a, b), expected, 1e-6);
}

}  // namespace
}  // namespace sanerf::eval
