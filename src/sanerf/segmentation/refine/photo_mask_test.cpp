#include "sanerf/segmentation/refine/photo_mask.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "sanerf/core/error.h"
#include "sanerf/core/random.h"

namespace sanerf::segmentation {
namespace {

constexpr int kSidePixels = 600, kSideOfField = 150;  // a radius of 5 pixels of the photo

using IsInside = std::function<bool(double x, double y)>;  // pixels of the photo

IsInside Ball(double radius) {
  return [radius](double x, double y) { return std::hypot(x - 300, y - 300) < radius; };
}

ImageU8 Drawn(int size, const IsInside& is_inside) {
  ImageU8 mask(size, size, 1);
  const double step = double(kSidePixels) / size;
  for (int y = 0; y < size; ++y)
    for (int x = 0; x < size; ++x) mask.At(x, y) = is_inside((x + 0.5) * step, (y + 0.5) * step) ? 255 : 0;
  return mask;
}

// Two colors with noise of 2 %.
ImageF PhotoOf(const IsInside& is_inside) {
  Random random(1);
  ImageF rgb(kSidePixels, kSidePixels, 3);
  constexpr float kInside[3] = {0.8f, 0.7f, 0.1f}, kAround[3] = {0.5f, 0.35f, 0.2f};
  for (int y = 0; y < kSidePixels; ++y)
    for (int x = 0; x < kSidePixels; ++x)
      for (int c = 0; c < 3; ++c)
        rgb.At(x, y, c) =
            (is_inside(x + 0.5, y + 0.5) ? kInside : kAround)[c] + float(0.02 * (2 * random.NextDouble() - 1));
  return rgb;
}

// A field that is as sure as this inside and outside of a shape, and has the shape's share in between.
ImageF FieldOf(const IsInside& is_inside, float inside = 0.97f) {
  constexpr int kPlaces = 4;  // per side of a pixel
  ImageF field(kSideOfField, kSideOfField, 1);
  const double step = double(kSidePixels) / kSideOfField;
  for (int y = 0; y < kSideOfField; ++y) {
    for (int x = 0; x < kSideOfField; ++x) {
      int covered = 0;
      for (int v = 0; v < kPlaces; ++v)
        for (int u = 0; u < kPlaces; ++u)
          covered += is_inside((x + (u + 0.5) / kPlaces) * step, (y + (v + 0.5) / kPlaces) * step);
      field.At(x, y) = 1 - inside + (2 * inside - 1) * float(covered) / (kPlaces * kPlaces);
    }
  }
  return field;
}

int64_t NumDifferent(const ImageU8& a, const ImageU8& b) {
  int64_t count = 0;
  for (size_t i = 0; i < a.data.size(); ++i) count += (a.data[i] != 0) != (b.data[i] != 0);
  return count;
}

TEST(PhotoMask, TheOutlineOfACoarseFieldGoesToThePhotosEdge) {
  const ImageF photo = PhotoOf(Ball(120));
  const ImageU8 truth = Drawn(kSidePixels, Ball(120));
  for (const double radius : {118.5, 120.0, 121.5}) {  // seen by pixels of four of the photo's
    const ImageU8 mask = PhotoMask(photo, {FieldOf(Ball(radius)), {}, 0}, Job());
    EXPECT_LT(NumDifferent(mask, truth), 400) << radius;  // of 750 pixels of outline, half a pixel of it
  }
}

// A quarter of the ball stands in fog: the field wavers there, on the wrong side.
ImageF FieldInFog(float in_fog) {
  ImageF field = FieldOf(Ball(120));
  for (int y = kSideOfField / 2; y < kSideOfField; ++y)
    for (int x = kSideOfField / 2; x < kSideOfField; ++x)
      if (field.At(x, y) > 0.5f) field.At(x, y) = in_fog;
  return field;
}

TEST(PhotoMask, SamDecidesWhereTheFieldWavers) {
  const ImageF photo = PhotoOf(Ball(120));
  const ImageU8 truth = Drawn(kSidePixels, Ball(120)), decoded = Drawn(kSideOfField, Ball(120));
  const ImageU8 without = PhotoMask(photo, {FieldInFog(0.3f), {}, 0}, Job());
  const ImageU8 with = PhotoMask(photo, {FieldInFog(0.3f), decoded, 1}, Job());
  EXPECT_GT(NumDifferent(without, truth), 8000);  // a quarter of 45,000
  EXPECT_LT(NumDifferent(with, truth), 1000);
  // A mask that the other views contradict is not asked.
  EXPECT_EQ(PhotoMask(photo, {FieldInFog(0.3f), decoded, 0}, Job()).data, without.data);
}

TEST(PhotoMask, SamDoesNotOverruleAFieldThatIsSure) {
  const ImageF photo = PhotoOf(Ball(120));
  const ImageU8 truth = Drawn(kSidePixels, Ball(120));
  // SAM's mask has a second thing, and misses half of the first.
  const ImageU8 decoded = Drawn(
      kSideOfField, [](double x, double y) { return (std::hypot(x - 300, y - 300) < 120 && x < 300) || x > 550; });
  const ImageU8 mask = PhotoMask(photo, {FieldOf(Ball(120)), decoded, 1}, Job());
  for (int y = 0; y < kSidePixels; ++y)
    for (int x = 0; x < kSidePixels; ++x)
      if (std::abs(std::hypot(x + 0.5 - 300, y + 0.5 - 300) - 120) > 15) {  // three radii from the outline
        ASSERT_EQ(mask.At(x, y) != 0, truth.At(x, y) != 0) << x << " " << y;
      }
}

TEST(PhotoMask, ALineThatCannotBeToldFromItsSurroundingsStays) {
  const IsInside line = [](double x, double y) { return std::abs(y - 302) < 2 && x > 100 && x < 500; };
  const ImageU8 mask = PhotoMask(PhotoOf([](double, double) { return false; }), {FieldOf(line), {}, 0}, Job());
  EXPECT_GT(NumDifferent(mask, ImageU8(kSidePixels, kSidePixels, 1)), 800);
}

// Tiles are an implementation detail: an object that lies across their borders has no seams.
TEST(PhotoMask, HasNoSeams) {
  const ImageF photo = PhotoOf(Ball(120));
  const ImageU8 mask = PhotoMask(photo, {FieldOf(Ball(118)), {}, 0}, Job());
  const ImageU8 truth = Drawn(kSidePixels, Ball(120));
  for (const int border : {256, 512})
    for (int y = 0; y < kSidePixels; ++y)
      for (int x = border - 2; x < border + 2; ++x)
        if (std::abs(std::hypot(x + 0.5 - 300, y + 0.5 - 300) - 120) > 4) {
          ASSERT_EQ(mask.At(x, y) != 0, truth.At(x, y) != 0) << x << " " << y;
          ASSERT_EQ(mask.At(y, x) != 0, truth.At(y, x) != 0) << x << " " << y;
        }
}

TEST(PhotoMask, EvidenceOfALabelThatWinsWithLessThanAHalf) {
  mask_aggregator::SegmentedView view{ImageU8(3, 1, 1), ImageF(3, 1, 1), {}};
  view.labels.data = {2, 1, 0};
  view.probability.data = {0.4f, 0.35f, 0.9f};
  const ImageF evidence = FieldEvidence(view, 2);
  EXPECT_GT(evidence.data[0], 0.5f);
  EXPECT_EQ(evidence.data[1], 0.35f);
  EXPECT_LT(evidence.data[2], 0.5f);
}

TEST(PhotoMask, TrustFollowsTheAgreement) {
  const ImageU8 decoded = Drawn(kSideOfField, Ball(120));
  EXPECT_EQ(TrustInDecoded(0.4, FieldOf(Ball(120)), decoded), 0);
  EXPECT_NEAR(TrustInDecoded(0.9, FieldOf(Ball(120)), decoded), 0.8, 1e-9);
  EXPECT_EQ(TrustInDecoded(-1, FieldOf(Ball(120)), decoded), 1);  // unknown: the field itself
  EXPECT_EQ(TrustInDecoded(-1, FieldOf([](double x, double) { return x > 450; }), decoded), 0);
  EXPECT_EQ(TrustInDecoded(0.9, FieldOf(Ball(120)), {}), 0);
}

TEST(PhotoMask, CanBeStopped) {
  StopSource stop;
  stop.RequestStop();
  EXPECT_THROW(PhotoMask(PhotoOf(Ball(120)), {FieldOf(Ball(120)), {}, 0}, Job().With(stop.token())), InterruptedError);
}

}  // namespace
}  // namespace sanerf::segmentation
