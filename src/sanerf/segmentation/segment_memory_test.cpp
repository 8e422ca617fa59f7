#include "sanerf/segmentation/segment_memory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sanerf/core/error.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/job.h"
#include "sanerf/mask_aggregator/label_vote.h"
#include "sanerf/mask_aggregator/sample_pool.h"
#include "sanerf/nerf/foggy_field_test_support.h"
#include "sanerf/scene/photos_test_support.h"
#include "sanerf/segmentation/automatic/automatic_field.h"
#include "sanerf/segmentation/automatic/mask_overlaps.h"
#include "sanerf/segmentation/label_views.h"

namespace sanerf::segmentation {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(SegmentMemory, MasksCountAtTheSizeAtWhichTheyAreDecoded) {
  const MaskLoad load = LoadOf(3, scene::PhotosOf(2, 4000, 2000), {0, 1}, 1000);
  EXPECT_EQ(load.num_objects, 3);
  EXPECT_EQ(load.num_views, 2);
  EXPECT_DOUBLE_EQ(load.pixels, 2 * 1000.0 * 500);
  const MaskLoad large = LoadOf(3, scene::PhotosOf(2, 4000, 2000), {0, 1}, 2000);
  EXPECT_DOUBLE_EQ(MaskBytes(large) - MaskBytes(load), 3 * 3 * (2 * 2000.0 * 1000 - 2 * 1000.0 * 500));
}

// Two bytes of each of SAM's 4 x 256 x 256 logits and eight for each of 128 x 128 rays, beside the masks.
TEST(SegmentMemory, OneObjectInOneViewByHand) {
  EXPECT_DOUBLE_EQ(MaskBytes({1, 1, 100}), 3 * 100 + 2 * 4 * 65536 + 8 * 16384);
  EXPECT_DOUBLE_EQ(MaskBytes({5, 7, 700}), 5 * 7 * MaskBytes({1, 1, 100}));
}

TEST(SegmentMemory, TheFieldGrowsWithLabelsViewsItsTableAndFog) {
  mask_aggregator::AggregatorOptions options;
  const RayLoad clear{false, 4};
  const double usual = ObjectFieldBytes({4, 60, 0}, options, clear);
  EXPECT_GT(ObjectFieldBytes({40, 60, 0}, options, clear), usual);
  EXPECT_GT(ObjectFieldBytes({4, 600, 0}, options, clear), usual);
  EXPECT_GT(ObjectFieldBytes({4, 60, 0}, options, {true, 4}), usual);
  EXPECT_GT(ObjectFieldBytes({4, 60, 0}, options, {false, 40}), 3 * usual);
  options.field.log2_table += 2;
  EXPECT_GT(ObjectFieldBytes({4, 60, 0}, options, clear), usual);
  options = {};
  options.pool_rays *= 4;
  EXPECT_GT(ObjectFieldBytes({4, 60, 0}, options, clear), usual);
  EXPECT_LT(usual, 1.5e9);  // no small machine is turned away
}

TEST(SegmentMemory, TheErrorNamesWhatToLower) {
  EXPECT_THAT(
      ErrorTextOf<Error>([] {
        CheckSegmentMemory({254, 1'000'000, 1e12}, {}, {false, 4}, Job());
      }),
      AllOf(HasSubstr("the masks of 254 objects in 1000000 views and their field need "), HasSubstr("--max-views 20")));
  mask_aggregator::AggregatorOptions options;
  options.pool_rays = 2'000'000'000;
  EXPECT_THAT(ErrorTextOf<Error>([&] {
                CheckSegmentMemory({1, 1, 100}, options, {false, 4}, Job());
              }),
              HasSubstr("object.pool_rays"));
}

// A field that is half fog still: the estimate against what the pool and the vote really hold.
using FoggySegmentMemory = nerf::FoggyFieldTest;
TEST_F(FoggySegmentMemory, CountsTheSamplesOfFog) {
  const std::vector<int> views = scene_->TrainViews();
  std::vector<Camera> cameras;
  for (const int view : views) cameras.push_back(scene_->views[size_t(view)].camera);
  mask_aggregator::AggregatorOptions options;
  options.pool_rays = 1 << 17;
  const RayLoad rays = RayLoadOf(*nerf_, *scene_, views, Job());
  EXPECT_GT(rays.samples_per_ray, 4);  // of clear surfaces

  const auto pool = mask_aggregator::TraceAnywhere(*nerf_, cameras, options.pool_rays, 1, Job());
  const nerf::TracedRays& traced = pool.rays;
  const double pool_bytes =
      double(traced.first.size() * sizeof(traced.first[0]) + pool.pixels.size() * sizeof(pool.pixels[0]) +
             pool.labels.size() + traced.unit.size() * sizeof(traced.unit[0]) +
             traced.weight.size() * sizeof(traced.weight[0]) + traced.geometry.size() * sizeof(traced.geometry[0]));
  EXPECT_GT(mask_aggregator::PoolRayBytes(rays.samples_per_ray) * options.pool_rays, pool_bytes / 1.5);
  EXPECT_LT(mask_aggregator::PoolRayBytes(rays.samples_per_ray) * options.pool_rays, pool_bytes * 1.5);

  // All of it, but for the field's own table, which is made so small that it does not count.
  options.field = {.levels = 2, .features = 2, .log2_table = 8, .base = 2, .top = 4};
  mask_aggregator::LabelVote vote(*nerf_, cameras, {}, Job());
  vote.Count(std::vector<ImageU8>(cameras.size()), 2);
  const mask_aggregator::VoteOptions grid;
  const double vote_rays = double(cameras.size()) * grid.size * grid.size;
  const double vote_bytes = vote_rays * (8 + 8 * rays.samples_per_ray) + vote.Prior()->num_cells() * (2 * 20 + 24.0);
  const double estimate = ObjectFieldBytes({1, int64_t(cameras.size()), 0}, options, rays);
  EXPECT_GT(estimate, (2 * pool_bytes + vote_bytes) / 1.5);
  EXPECT_LT(estimate, (2 * pool_bytes + vote_bytes) * 1.5);
}

TEST(ObjectCount, MoreThanALabelImageHoldsIsRefused) {
  EXPECT_NO_THROW(CheckObjectCount(254));
  EXPECT_THAT(ErrorTextOf<UsageError>([] { CheckObjectCount(255); }),
              AllOf(HasSubstr("255 objects are too many for one field"), HasSubstr("254 at the most")));
}

TEST(OverlapBytes, GrowWithTheSquareOfTheMasks) {
  EXPECT_DOUBLE_EQ(OverlapBytes(3, 2), 4 * (3 * 3 + 2 * 3 * 2));
  EXPECT_GT(OverlapBytes(30000, 300), 3.6e9);
}

TEST(SearchBytes, GrowWithViewsAndPixels) {
  EXPECT_GT(SearchBytes(1e6, 60), SearchBytes(1e5, 60));
  EXPECT_GT(SearchBytes(1e5, 600), 90 * SearchBytes(0, 60));  // pairs of masks
  EXPECT_LT(SearchBytes(160'000, 60), 50e6);
}

}  // namespace
}  // namespace sanerf::segmentation
