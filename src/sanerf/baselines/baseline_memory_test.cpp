#include <gtest/gtest.h>

#include "sanerf/baselines/isrf/isrf.h"
#include "sanerf/baselines/sa3d/voxel_scores.h"
#include "sanerf/baselines/segment_rays.h"

namespace sanerf::baselines {
namespace {

TEST(BaselineBytes, GrowWithWhatTheyHold) {
  // One pixel in one view: 4 samples with 8 corners, of which each touches a voxel.
  const double corner = sizeof(VoxelPixels::Corner);
  EXPECT_DOUBLE_EQ(VoxelScoreBytes(1, 1, 320, 2), 2 * 32 * corner + 32 * (24 + 2 * 12));
  EXPECT_GT(VoxelScoreBytes(1e6, 60, 640, 2), VoxelScoreBytes(1e6, 60, 320, 2));
  EXPECT_LT(VoxelScoreBytes(160'000, 60, 640, 8), 1e9);

  IsrfOptions options;
  const double usual = IsrfBytes(options, 60, 256, 64, options.voxels);
  EXPECT_GT(IsrfBytes(options, 120, 256, 64, options.voxels), usual);
  EXPECT_GT(IsrfBytes(options, 60, 256, 64, 2 * options.voxels), usual);
  options.iters = 100;  // gradients and moments
  EXPECT_GT(IsrfBytes(options, 60, 256, 64, options.voxels), usual);
  EXPECT_LT(usual, 1.5e9);
}

TEST(BaselineBytes, OfLiftingGrowWithRaysTableAndOutputs) {
  const double usual = LiftBytes({}, 64, 5);
  EXPECT_LT(usual, 1.5e9);
  LiftOptions options;
  options.pool_rays *= 2;
  EXPECT_GT(LiftBytes(options, 64, 5), usual);
  options = {};
  options.field.log2_table += 2;
  EXPECT_GT(LiftBytes(options, 64, 5), usual);
  EXPECT_GT(LiftBytes({}, 64, 50), usual);
  EXPECT_GT(LiftBytes({}, 128, 5), usual);
}

}  // namespace
}  // namespace sanerf::baselines
