#include "sanerf/baselines/segment_image.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sanerf::baselines {

using segmentation::FoundMask;

namespace {

using ::testing::ElementsAre;

// Columns [from, to) of a picture of 10 x 2 pixels.
FoundMask Columns(int from, int to, float predicted_iou) {
  ImageU8 image(10, 2, 1);
  for (int y = 0; y < 2; ++y)
    for (int x = from; x < to; ++x) image.At(x, y) = 255;
  FoundMask mask;
  mask.mask = BitMask::Above<uint8_t>(image, 127);
  mask.predicted_iou = predicted_iou;
  return mask;
}

std::vector<float> ConfidenceAlongRow(const SegmentImage& image) {
  std::vector<float> row;
  for (int x = 0; x < 10; ++x) {
    const int segment = image.segments.At(x, 1);
    row.push_back(segment == 0 ? 0 : image.confidence[size_t(segment - 1)]);
  }
  return row;
}

const float kWhole = 0.95f, kPart = 0.9f, kSpeck = 1.5f;

TEST(FlattenMasks, TheSmallerOfTwoMasksLiesOnTop) {
  const FoundMask part = Columns(2, 5, kPart), whole = Columns(1, 8, kWhole);
  for (const auto& order : {std::vector{&part, &whole}, std::vector{&whole, &part}}) {
    const SegmentImage image = FlattenMasks(order, OnTop::kSmaller, 1);
    EXPECT_THAT(ConfidenceAlongRow(image), ElementsAre(0, kWhole, kPart, kPart, kPart, kWhole, kWhole, kWhole, 0, 0));
  }
}

TEST(FlattenMasks, OrTheOneOfHigherConfidence) {
  const FoundMask part = Columns(2, 5, kPart), whole = Columns(4, 9, kWhole);
  EXPECT_THAT(ConfidenceAlongRow(FlattenMasks({&whole, &part}, OnTop::kConfident, 1)),
              ElementsAre(0, 0, kPart, kPart, kWhole, kWhole, kWhole, kWhole, kWhole, 0));
}

// A mask of two pixels, and one of which two pixels remain, are specks when three are asked for: the whole has their
// place.
TEST(FlattenMasks, SpecksLeaveTheirPixelsToWhatLiesBelow) {
  const FoundMask whole = Columns(0, 8, kWhole), part = Columns(3, 6, kPart), tiny = Columns(1, 2, kSpeck);
  EXPECT_THAT(ConfidenceAlongRow(FlattenMasks({&whole, &part, &tiny}, OnTop::kSmaller, 3)),
              ElementsAre(kWhole, kWhole, kWhole, kPart, kPart, kPart, kWhole, kWhole, 0, 0));
  const FoundMask covered = Columns(2, 6, 0.5f);  // all but column 2 lies under the part
  const SegmentImage image = FlattenMasks({&whole, &covered, &part}, OnTop::kSmaller, 3);
  EXPECT_THAT(ConfidenceAlongRow(image),
              ElementsAre(kWhole, kWhole, kWhole, kPart, kPart, kPart, kWhole, kWhole, 0, 0));
  EXPECT_EQ(image.confidence.size(), 2u);
}

TEST(FlattenMasks, ConfidenceIsAShare) {
  const FoundMask mask = Columns(0, 9, 1.2f);
  EXPECT_THAT(FlattenMasks({&mask}, OnTop::kSmaller, 1).confidence, ElementsAre(1.0f));
}

}  // namespace
}  // namespace sanerf::baselines
