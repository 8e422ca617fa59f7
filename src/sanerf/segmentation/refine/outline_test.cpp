#include "sanerf/segmentation/refine/outline.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <functional>

#include "sanerf/core/error.h"
#include "sanerf/core/events_test_support.h"
#include "sanerf/core/job.h"
#include "sanerf/core/random.h"
#include "sanerf/mask_decoder/mask_check.h"

namespace sanerf::segmentation {
namespace {

constexpr int kWidth = 300, kHeight = 260;  // a radius of 3 pixels

using Shape = std::function<bool(double x, double y)>;

ImageU8 MaskOf(const Shape& shape) {
  ImageU8 mask(kWidth, kHeight, 1);
  for (int y = 0; y < kHeight; ++y)
    for (int x = 0; x < kWidth; ++x) mask.At(x, y) = shape(x + 0.5, y + 0.5) ? 255 : 0;
  return mask;
}

Shape Disc(double radius) {
  return [radius](double x, double y) { return std::hypot(x - 150, y - 130) < radius; };
}

// Two colors with noise of 2 %.
ImageF Picture(const Shape& shape, const float (&inside)[3], const float (&outside)[3]) {
  Random random(1);
  ImageF rgb(kWidth, kHeight, 3);
  for (int y = 0; y < kHeight; ++y)
    for (int x = 0; x < kWidth; ++x)
      for (int c = 0; c < 3; ++c)
        rgb.At(x, y, c) = (shape(x + 0.5, y + 0.5) ? inside : outside)[c] + float(0.02 * (2 * random.NextDouble() - 1));
  return rgb;
}

constexpr float kYellow[3] = {0.8f, 0.7f, 0.1f}, kWood[3] = {0.5f, 0.35f, 0.2f};

int64_t CountDifferent(const ImageU8& a, const ImageU8& b) {
  int64_t count = 0;
  for (size_t i = 0; i < a.data.size(); ++i) count += a.data[i] != b.data[i];
  return count;
}

ImageU8 Sharp(const ImageU8& mask, const ImageF& rgb) { return SharpOutline(mask, rgb, Job()); }

TEST(SharpOutlineTest, GoesToTheEdgeFromBothSides) {
  const ImageU8 truth = MaskOf(Disc(40));
  const ImageF rgb = Picture(Disc(40), kYellow, kWood);
  for (const double radius : {39.0, 41.0}) {
    const ImageU8 mask = MaskOf(Disc(radius));
    EXPECT_LT(CountDifferent(Sharp(mask, rgb), truth), CountDifferent(mask, truth) / 5) << radius;
  }
  EXPECT_LT(CountDifferent(Sharp(truth, rgb), truth), 10);
}

TEST(SharpOutlineTest, WithoutAnEdgeTheOutlineStays) {
  const ImageU8 mask = MaskOf(Disc(40));
  const int64_t changed = CountDifferent(Sharp(mask, Picture(Disc(40), kWood, kWood)), mask);
  EXPECT_LT(changed, 2 * 3.15 * 40 * 0.3);  // a third of a pixel along the outline
}

TEST(SharpOutlineTest, AnEdgeFarAwayDoesNotDraw) {
  const ImageU8 mask = MaskOf(Disc(40));
  const ImageF rgb = Picture(Disc(60), kYellow, kWood);
  EXPECT_LT(CountDifferent(Sharp(mask, rgb), mask), 2 * 3.15 * 40 * 0.3);
}

TEST(SharpOutlineTest, AWireThatCannotBeToldFromItsSurroundingsStays) {
  const Shape wire = [](double x, double y) { return std::abs(y - 100) < 1 && x > 50 && x < 250; };
  const ImageU8 mask = MaskOf(wire);
  EXPECT_EQ(Sharp(mask, Picture(wire, kWood, kWood)).data, mask.data);
}

TEST(SharpOutlineTest, AtTheBorderAndEmpty) {
  const Shape strip = [](double x, double y) { return x < 20 && y > 30; },
              wider = [](double x, double y) { return x < 21 && y > 29; };
  const ImageU8 truth = MaskOf(strip);
  EXPECT_LT(CountDifferent(Sharp(MaskOf(wider), Picture(strip, kYellow, kWood)), truth), 10);
  const ImageU8 none(kWidth, kHeight, 1);
  EXPECT_EQ(Sharp(none, Picture(strip, kYellow, kWood)).data, none.data);
}

// Cutting out the surroundings changes nothing: a mask that is far from the border, in a picture that is cut around it.
TEST(SharpOutlineTest, FarPixelsDoNotMatter) {
  ImageF rgb = Picture(Disc(40), kYellow, kWood);
  const ImageU8 mask = MaskOf(Disc(41.5)), sharp = Sharp(mask, rgb);
  for (int y = 0; y < kHeight; ++y)
    for (int x = 0; x < kWidth; ++x)
      if (!Disc(41.5 + 4 * 3 * std::sqrt(2.0))(x + 0.5, y + 0.5)) rgb.At(x, y, 1) = 1;
  EXPECT_EQ(Sharp(mask, rgb).data, sharp.data);
}

class PictureContainer : public feature_container::FeatureContainer {
 public:
  explicit PictureContainer(ImageF rgb) : rgb_(std::move(rgb)) {}
  Camera WorkingCamera(int) const override { throw Error("not needed"); }
  bool Has(int) const override { return true; }
  std::shared_ptr<const sam::SamFeatures> Features(int, const Job&) const override { throw Error("not needed"); }
  ImageF Depth(int, const Job&) const override { throw Error("not needed"); }
  ImageF Opacity(int, const Job&) const override { throw Error("not needed"); }
  ImageF Rgb(int, const Job&) const override {
    ++num_read;
    return rgb_;
  }
  uint64_t ModelFingerprint() const override { return 0; }

  mutable std::atomic<int> num_read = 0;

 private:
  ImageF rgb_;
};

TEST(SharpenOutlinesTest, MasksOfUsedViewsOnceAndEachPictureOnce) {
  const PictureContainer container(Picture(Disc(40), kYellow, kWood));
  const ImageU8 blunt = MaskOf(Disc(41)), sharp = Sharp(blunt, container.Rgb(0, Job()));
  std::vector<mask_decoder::DecodedObject> objects(2);
  for (mask_decoder::DecodedObject& object : objects) {
    for (int view_idx = 0; view_idx < 3; ++view_idx) {
      mask_decoder::ViewDecision view;
      view.view_idx = view_idx;
      view.used = view_idx != 1;
      view.mask = blunt;
      object.views.push_back(std::move(view));
    }
  }
  objects[1].views[2].sharp_outline = true;
  container.num_read = 0;
  EventRecorder events;
  SharpenOutlines(container, &objects, Job().With(events));
  EXPECT_EQ(container.num_read, 2);
  EXPECT_EQ(events.Lines().back(), "finished sharpen outlines 2/2 views");
  for (const mask_decoder::DecodedObject& object : objects) {
    EXPECT_EQ(object.views[0].mask.data, sharp.data);
    EXPECT_DOUBLE_EQ(object.views[0].area, double(mask_decoder::CountNonZero(sharp)) / (kWidth * kHeight));
    EXPECT_EQ(object.views[1].mask.data, blunt.data);
    EXPECT_FALSE(object.views[1].sharp_outline);
  }
  EXPECT_EQ(objects[0].views[2].mask.data, sharp.data);
  EXPECT_EQ(objects[1].views[2].mask.data, blunt.data);
  SharpenOutlines(container, &objects, Job());
  EXPECT_EQ(container.num_read, 2);
}

}  // namespace
}  // namespace sanerf::segmentation
