#include "sanerf/baselines/isrf/region_growing.h"

#include <gtest/gtest.h>

#include "sanerf/core/job.h"

namespace sanerf::baselines {

using mask_aggregator::CellIndex;

namespace {

// A block of 9^3 voxels, all with the feature (1, 0) until a test changes one.
class RegionGrowingTest : public ::testing::Test {
 protected:
  static constexpr int kSide = 9;
  RegionGrowingTest() {
    for (int x = 0; x < kSide; ++x)
      for (int y = 0; y < kSide; ++y)
        for (int z = 0; z < kSide; ++z) cells_.Insert(CellIndex::Cell{x, y, z});
    features_.assign(2 * size_t(cells_.size()), 0.0f);
    for (size_t i = 0; i < features_.size(); i += 2) features_[i] = 1;
    mask_.assign(cells_.size(), 0);
  }
  uint32_t At(int x, int y, int z) const { return cells_.Find({x, y, z}); }
  Voxels Block() const { return {cells_, features_, 2}; }
  SelectOptions OneRing() const {
    SelectOptions options;  // sigma_distance 1, sigma_feature 10, more than 0.1
    options.rings = 1;
    return options;
  }

  CellIndex cells_{kSide};
  std::vector<float> features_;
  VoxelMask mask_;
};

// Where all features are alike, a voxel's own weight is 1, that of 6 neighbors over faces exp(-1), of 12 over edges
// exp(-2), of 8 over corners exp(-3): 5.23 together. One face in the mask gives 0.368 / 5.23 = 0.07, two give 0.14.
TEST_F(RegionGrowingTest, OneFaceIsNotEnoughTwoAre) {
  mask_[At(4, 4, 3)] = mask_[At(4, 4, 5)] = 1;
  const VoxelMask grown = GrowRing(Block(), mask_, OneRing());
  EXPECT_EQ(grown[At(4, 4, 4)], 1);
  EXPECT_EQ(grown[At(4, 4, 2)], 0);  // one face
  EXPECT_EQ(grown[At(4, 5, 3)], 0);  // one face
  EXPECT_EQ(grown[At(4, 5, 4)], 0);  // two edges: 0.052
  EXPECT_EQ(CountSelected(grown), 3);
}

// The same middle voxel with another feature, at a squared distance of 2: a mask voxel counts exp(-2 / 0.5) = 0.018 of
// what it did, itself as before. 2 * 0.368 * 0.018 / (1 + 0.018 * 4.23) = 0.013.
TEST_F(RegionGrowingTest, AnotherFeatureStaysOut) {
  mask_[At(4, 4, 3)] = mask_[At(4, 4, 5)] = 1;
  features_[2 * At(4, 4, 4)] = 0;
  features_[2 * At(4, 4, 4) + 1] = 1;
  SelectOptions options = OneRing();
  options.sigma_feature = 0.5f;
  EXPECT_EQ(GrowRing(Block(), mask_, options)[At(4, 4, 4)], 0);
}

// Space without surfaces is no neighbor: alone with the mask's voxel, one face gives 0.368 / 1.368.
TEST_F(RegionGrowingTest, OnlyVoxelsThatExistCount) {
  CellIndex pair(kSide);
  pair.Insert(CellIndex::Cell{1, 1, 1});
  pair.Insert(CellIndex::Cell{1, 1, 2});
  const std::vector<float> features = {1, 1};
  EXPECT_EQ(CountSelected(GrowRing({pair, features, 1}, {1, 0}, OneRing())), 2);
}

// A layer grows by a layer per ring.
TEST_F(RegionGrowingTest, GrowsRingsUntilTheirNumberIsReached) {
  for (int x = 0; x < kSide; ++x)
    for (int y = 0; y < kSide; ++y) mask_[At(x, y, 0)] = 1;
  SelectOptions options = OneRing();
  const auto larger_is_better = [](const VoxelMask& mask) { return double(CountSelected(mask)); };
  options.rings = 3;
  EXPECT_EQ(CountSelected(Grow(Block(), mask_, options, larger_is_better, Job()).mask), 4 * kSide * kSide);
  options.rings = 0;
  EXPECT_EQ(CountSelected(Grow(Block(), mask_, options, larger_is_better, Job()).mask), kSide * kSide);
}

// The second layer makes it more alike, the third does not, the fourth would again: nobody looks that far.
TEST_F(RegionGrowingTest, EndsBeforeTheRingThatIsNoBetter) {
  for (int x = 0; x < kSide; ++x)
    for (int y = 0; y < kSide; ++y) mask_[At(x, y, 0)] = 1;
  SelectOptions options = OneRing();
  options.rings = 8;
  const auto likeness = [&](const VoxelMask& mask) { return 0.4 * mask[At(0, 0, 1)] + 0.4 * mask[At(0, 0, 3)]; };
  const Grown grown = Grow(Block(), mask_, options, likeness, Job());
  EXPECT_EQ(CountSelected(grown.mask), 2 * kSide * kSide);
  EXPECT_EQ(grown.rings, 1);
  EXPECT_EQ(grown.likeness, 0.4);
}

}  // namespace
}  // namespace sanerf::baselines
