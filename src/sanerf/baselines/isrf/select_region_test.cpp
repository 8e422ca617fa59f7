#include "sanerf/baselines/isrf/select_region.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "sanerf/core/error.h"
#include "sanerf/core/test_folder.h"

namespace sanerf {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(SeparatingThreshold, HalfWayBetweenWhatIsWantedAndWhatIsNot) {
  EXPECT_NEAR(SeparatingThreshold({0.1f, 0.02f, 0.2f}, {0.8f, 0.6f}), 0.4, 1e-6);
  // Of 0.1 and 0.9 one is worth less than the unwanted 0.5 and 0.6 together.
  EXPECT_NEAR(SeparatingThreshold({0.1f, 0.9f}, {0.5f, 0.6f}), 0.3, 1e-6);
  // 0.3 takes three of four wanted and one of ten unwanted, up to 0.5.
  EXPECT_NEAR(SeparatingThreshold({0.1f, 0.2f, 0.3f, 2}, {0.15f, 0.5f, 1, 1, 1, 1, 1, 1, 1, 1}), 0.4, 1e-6);
}

TEST(SeparatingThreshold, TheAuthorsOneWithoutStrokesOfBothKinds) {
  EXPECT_EQ(SeparatingThreshold({0.1f}, {}), kUsualThreshold);
  EXPECT_EQ(SeparatingThreshold({}, {0.1f}), kUsualThreshold);
}

// Three pairs of neighbouring voxels far from each other, with features (1, 0), (0, 1) and (-1, 0).
class SelectRegionTest : public ::testing::Test {
 protected:
  SelectRegionTest() {
    for (const int x : {0, 5, 10})
      for (const int z : {0, 1}) cells_.Insert(CellIndex::Cell{x, 0, z});
    options_.rings = 0;
  }
  // A pixel with this feature that shows this voxel alone.
  static void AddPixel(float a, float b, uint32_t voxel, StrokePixels* strokes) {
    strokes->features.insert(strokes->features.end(), {a, b});
    strokes->touches.push_back({voxel, 0.9f});
    strokes->first.push_back(strokes->touches.size());
  }
  SelectedRegion Select() const { return SelectRegion({cells_, features_, 2}, strokes_, options_, 1); }

  CellIndex cells_{16};
  std::vector<float> features_ = {1, 0, 1, 0, 0, 1, 0, 1, -1, 0, -1, 0};
  Strokes strokes_;
  SelectOptions options_;
};

TEST_F(SelectRegionTest, TakesWhatLooksLikeTheStrokesWhereverItIs) {
  features_[10] = 1;  // the last voxel looks like the first two
  AddPixel(1, 0, 0, &strokes_.positive);
  const SelectedRegion region = Select();
  EXPECT_THAT(region.mask, ElementsAre(1, 1, 0, 0, 0, 1));
  EXPECT_EQ(region.confident, 3);
  EXPECT_NEAR(region.threshold, 0.02, 1e-6);
}

// (0.6, 0.8) is 0.8 away from (1, 0) and 0.4 from (0, 1), squared: both regions could take it.
TEST_F(SelectRegionTest, WhatLooksMoreLikeTheNegativeStrokesIsNotTaken) {
  features_[2] = 0.6f;
  features_[3] = 0.8f;
  options_.threshold = 1;
  AddPixel(1, 0, 0, &strokes_.positive);
  EXPECT_THAT(Select().mask, ElementsAre(1, 1, 0, 0, 0, 0));
  AddPixel(0, 1, 2, &strokes_.negative);
  EXPECT_THAT(Select().mask, ElementsAre(1, 0, 0, 0, 0, 0));
}

TEST_F(SelectRegionTest, GrowsToCoverTheStrokes) {
  features_[2] = 0.6f;
  features_[3] = 0.8f;  // too far for the threshold
  AddPixel(1, 0, 0, &strokes_.positive);
  options_.rings = 1;
  EXPECT_THAT(Select().mask, ElementsAre(1, 0, 0, 0, 0, 0));  // all covered without
  AddPixel(1, 0, 1, &strokes_.positive);
  EXPECT_THAT(Select().mask, ElementsAre(1, 1, 0, 0, 0, 0));
  options_.rings = 0;
  EXPECT_THAT(Select().mask, ElementsAre(1, 0, 0, 0, 0, 0));
}

// The second voxel is wanted by the growing positive region, which its stroke asks for, and is the negative one's own.
TEST_F(SelectRegionTest, TheNegativeRegionIsTakenAway) {
  features_[2] = 0;
  features_[3] = 1;
  options_.rings = 1;
  AddPixel(1, 0, 0, &strokes_.positive);
  AddPixel(1, 0, 1, &strokes_.positive);
  AddPixel(0, 1, 2, &strokes_.negative);
  EXPECT_THAT(Select().mask, ElementsAre(1, 0, 0, 0, 0, 0));
}

// Voxels 0, 2 and 4 show the strokes, at squared distances of 0, 0.09 and 0.5 from what is rendered there.
TEST_F(SelectRegionTest, TheThresholdCoversTheWantedShareOfTheStrokes) {
  features_ = {1, 0, 9, 9, 1, 0.3f, 9, 9, 1, std::sqrt(0.5f), 9, 9};
  for (const uint32_t voxel : {0u, 2u, 4u}) AddPixel(1, 0, voxel, &strokes_.positive);
  EXPECT_NEAR(Select().threshold, 0.1, 1e-6);  // two of three
  options_.seed_share = 0.9f;
  EXPECT_EQ(Select().threshold, kUsualThreshold);  // no higher than that without negative strokes
  options_.seed_share = 0.3f;
  EXPECT_NEAR(Select().threshold, 0.02, 1e-6);
}

TEST_F(SelectRegionTest, CoveredShareCountsPixelsThatShowTheMask) {
  AddPixel(1, 0, 0, &strokes_.positive);
  AddPixel(1, 0, 3, &strokes_.positive);
  EXPECT_EQ(CoveredShare(strokes_.positive, {1, 0, 0, 0, 0, 0}), 0.5);
  EXPECT_EQ(CoveredShare(strokes_.negative, {1, 0, 0, 0, 0, 0}), 0);
}

TEST_F(SelectRegionTest, OptionsOutOfRangeAreUsageErrors) {
  options_.clusters = 0;
  EXPECT_THAT(ErrorTextOf<UsageError>([&] { Select(); }), HasSubstr("isrf.clusters is out of range: at least 1"));
}

}  // namespace
}  // namespace sanerf
