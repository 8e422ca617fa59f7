#include "sanerf/baselines/isrf/select_region.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sanerf/core/error.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/job.h"

namespace sanerf::baselines {

using mask_aggregator::CellIndex;

namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Three pairs of neighboring voxels far from each other, with features (1, 0), (0, 1) and (-1, 0).
class SelectRegionTest : public ::testing::Test {
 protected:
  SelectRegionTest() {
    for (const int x : {0, 5, 10})
      for (const int z : {0, 1}) cells_.Insert(CellIndex::Cell{x, 0, z});
    options_.rings = 0;
  }
  static void AddStroke(float a, float b, std::vector<float>* strokes) { strokes->insert(strokes->end(), {a, b}); }
  // One pixel for each voxel, which shows it alone.
  void ShowVoxels(const std::vector<uint8_t>& wanted) {
    input_.picture = {};
    input_.picture.wanted = wanted;
    for (uint32_t voxel = 0; voxel < wanted.size(); ++voxel) {
      input_.picture.weights.push_back({voxel, 0.9f});
      input_.picture.first.push_back(input_.picture.weights.size());
    }
  }
  SelectedRegion Select() const { return SelectRegion({cells_, features_, 2}, input_, options_, 1, Job()); }

  CellIndex cells_{16};
  std::vector<float> features_ = {1, 0, 1, 0, 0, 1, 0, 1, -1, 0, -1, 0};
  UserInput input_;
  SelectOptions options_;
};

TEST_F(SelectRegionTest, TakesWhatLooksLikeTheStrokesWhereverItIs) {
  features_[10] = 1;  // the last voxel looks like the first two
  AddStroke(1, 0, &input_.positive);
  ShowVoxels({1, 1, 0, 0, 0, 0});
  EXPECT_THAT(Select().mask, ElementsAre(1, 1, 0, 0, 0, 1));
}

TEST_F(SelectRegionTest, WithoutAPictureTheSliderStaysAndNothingGrows) {
  features_ = {1, 0, 1, 0.6f, 1, 0.7f, 1, 0.7f, 9, 9, 9, 9};  // 0, 0.36 and 0.49 away
  AddStroke(1, 0, &input_.positive);
  options_.rings = 5;
  EXPECT_THAT(Select().mask, ElementsAre(1, 1, 0, 0, 0, 0));
  ShowVoxels({0, 0, 0, 0, 0, 0});
  EXPECT_THAT(Select().mask, ElementsAre(1, 1, 0, 0, 0, 0));
  EXPECT_EQ(Select().threshold, kUsualThreshold);
}

// Squared distances of 0, 0.36, 0.49, 0.81 and more than any slider reaches.
TEST_F(SelectRegionTest, TheThresholdIsTheOneThatLooksMostLikeTheObject) {
  features_ = {1, 0, 1, 0.6f, 1, 0.7f, 1, 0.9f, 9, 9, 9, 9};
  AddStroke(1, 0, &input_.positive);
  ShowVoxels({1, 1, 1, 0, 0, 0});
  EXPECT_THAT(Select().mask, ElementsAre(1, 1, 1, 0, 0, 0));
  EXPECT_NEAR(Select().threshold, 0.5, 1e-5);
  EXPECT_EQ(Select().likeness, 1);
  ShowVoxels({1, 0, 0, 0, 0, 1});  // the last one is out of reach
  EXPECT_THAT(Select().mask, ElementsAre(1, 0, 0, 0, 0, 0));
  EXPECT_EQ(Select().likeness, 0.5);
  options_.threshold = 0.4f;  // by hand
  EXPECT_THAT(Select().mask, ElementsAre(1, 1, 0, 0, 0, 0));
}

// (0.6, 0.8) is 0.8 away from (1, 0) and 0.4 from (0, 1), squared: both regions could take it.
TEST_F(SelectRegionTest, WhatLooksMoreLikeTheNegativeStrokesIsNotTaken) {
  features_[2] = 0.6f;
  features_[3] = 0.8f;
  options_.threshold = 1;
  AddStroke(1, 0, &input_.positive);
  EXPECT_THAT(Select().mask, ElementsAre(1, 1, 0, 0, 0, 0));
  AddStroke(0, 1, &input_.negative);
  EXPECT_THAT(Select().mask, ElementsAre(1, 0, 0, 0, 0, 0));
}

// A lower threshold and a ring give what no threshold alone does: the second voxel looks less like the stroke than
// three others, which are no part of the object.
TEST_F(SelectRegionTest, GrowsWhereThatLooksMoreLikeTheObject) {
  features_ = {1, 0, 1, 1, 1, 0.5f, 1, 0.5f, 1, 0.5f, 9, 9};
  AddStroke(1, 0, &input_.positive);
  ShowVoxels({1, 1, 0, 0, 0, 0});
  EXPECT_THAT(Select().mask, ElementsAre(1, 0, 0, 0, 0, 0));
  options_.rings = 3;
  const SelectedRegion region = Select();
  EXPECT_THAT(region.mask, ElementsAre(1, 1, 0, 0, 0, 0));
  EXPECT_EQ(region.rings, 1);
}

// The positive region wins the second voxel by a ring and takes its third along. The negative one has a stroke there.
TEST_F(SelectRegionTest, TheNegativeRegionIsTakenAwayWhereThatIsBetter) {
  cells_ = CellIndex(16);
  for (const int x : {0, 1, 2, 6, 8, 10}) cells_.Insert(CellIndex::Cell{x, 0, 0});
  features_ = {1, 0, 0, 1, 0, 1.2f, 9, 9, 9, 9, 1, 0.1f};
  AddStroke(1, 0, &input_.positive);
  AddStroke(0, 1.2f, &input_.negative);
  options_.rings = 1;
  ShowVoxels({1, 1, 0, 0, 0, 1});
  EXPECT_THAT(Select().mask, ElementsAre(1, 1, 0, 0, 0, 1));  // away from it, nothing would be left of the second
  EXPECT_EQ(Select().negative_threshold, 0);
  ShowVoxels({1, 0, 0, 0, 0, 0});
  features_[10] = 1, features_[11] = 0;
  EXPECT_THAT(Select().mask, ElementsAre(1, 0, 0, 0, 0, 1));
}

TEST_F(SelectRegionTest, OptionsOutOfRangeAreUsageErrors) {
  options_.clusters = 0;
  EXPECT_THAT(ErrorTextOf<UsageError>([&] { Select(); }), HasSubstr("isrf.clusters=0: expected an integer from 1"));
}

}  // namespace
}  // namespace sanerf::baselines
