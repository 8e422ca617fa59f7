#include "sanerf/nerf/training_memory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sanerf/core/error.h"
#include "sanerf/core/events_test_support.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/job.h"
#include "sanerf/core/parallel.h"
#include "sanerf/scene/photos_test_support.h"

namespace sanerf::nerf {
namespace {

TEST(TrainingBytes, PhotosCountByTheirPixels) {
  NerfOptions options;
  const double few = TrainingBytes(scene::PhotosOf(10, 1000, 800), options, 1),
               more = TrainingBytes(scene::PhotosOf(20, 1000, 800), options, 1);
  EXPECT_DOUBLE_EQ(more - few, 10 * 3 * 1000.0 * 800);  // three bytes per pixel
  options.downscale = 2;
  EXPECT_DOUBLE_EQ(TrainingBytes(scene::PhotosOf(20, 1000, 800), options, 1) -
                       TrainingBytes(scene::PhotosOf(10, 1000, 800), options, 1),
                   10 * 3 * 500.0 * 400);
  scene::Scene with_alpha = scene::PhotosOf(20, 1000, 800);
  with_alpha.has_alpha = true;
  EXPECT_GT(TrainingBytes(with_alpha, options, 1), TrainingBytes(scene::PhotosOf(20, 1000, 800), options, 1));
}

TEST(TrainingBytes, TheTableCountsSixTimes) {
  NerfOptions options;
  options.levels = 1;  // one level of 16 nodes per axis
  const double small = TrainingBytes(scene::PhotosOf(4, 10, 10), options, 1);
  options.base = options.top = 32;
  const double large = TrainingBytes(scene::PhotosOf(4, 10, 10), options, 1);
  EXPECT_DOUBLE_EQ(large - small, 6 * 4 * 2 * double(32 * 32 * 32 - 16 * 16 * 16));
}

// A bilateral grid of 8 x 8 x 4 nodes with 12 values, six times.
TEST(TrainingBytes, APhotosLightCounts) {
  NerfOptions options;
  const double plain = TrainingBytes(scene::PhotosOf(10, 100, 80), options, 1);
  options.appearance = Appearance::kBilateral;
  EXPECT_DOUBLE_EQ(TrainingBytes(scene::PhotosOf(10, 100, 80), options, 1) - plain, 10 * 6 * 4.0 * 8 * 8 * 4 * 12);
}

TEST(TrainingBytes, MoreOfAnythingIsMore) {
  const scene::Scene scene = scene::PhotosOf(30, 400, 400);
  const double usual = TrainingBytes(scene, {}, 2);
  EXPECT_GT(usual, 100e6);
  EXPECT_LT(usual, 1e9);
  EXPECT_GT(TrainingBytes(scene, {}, 16), usual);
  NerfOptions options;
  options.batch_samples *= 4;
  EXPECT_GT(TrainingBytes(scene, options, 2), usual);
  options = {};
  options.occupancy_resolution *= 2;
  EXPECT_GT(TrainingBytes(scene, options, 2), usual);
  scene::Scene wide = scene;
  wide.extent = 16;  // five nested grids instead of one
  EXPECT_GT(TrainingBytes(wide, {}, 2), usual);
}

TEST(TrainingBytes, WhatCannotFitIsRefusedWithTheOptionThatWeighsMost) {
  NerfOptions options;
  const std::string photos =
      ErrorTextOf<Error>([&] { CheckTrainingMemory(scene::PhotosOf(100'000, 8000, 6000), options, Job()); });
  EXPECT_THAT(photos, testing::AllOf(testing::HasSubstr("the photos and the radiance field need "),
                                     testing::HasSubstr("train on")));
  options.occupancy_resolution = 1 << 14;
  EXPECT_THAT(ErrorTextOf<Error>([&] { CheckTrainingMemory(scene::PhotosOf(4, 10, 10), options, Job()); }),
              testing::HasSubstr("--set nerf.occupancy_resolution"));
}

// 2,000 photos of 12 megapixels are 72 GB: said before the first is read, with what fits.
TEST(TrainingBytes, ManyPhotosAreRefusedWithTheDownscaleThatFits) {
  const scene::Scene scene = scene::PhotosOf(2000, 4000, 3000);
  const MemoryRoom room{int64_t{8'000'000'000}, "are free"};
  NerfOptions options;
  const std::string error = ErrorTextOf<Error>([&] { CheckTrainingMemory(scene, options, room, Job()); });
  EXPECT_THAT(error, testing::HasSubstr("the photos and the radiance field need 7"));
  const int fits = DownscaleThatFits(scene, options, NumThreads(), double(room.bytes));
  ASSERT_GE(fits, 3);  // 72 GB / 9 = 8 GB and the field
  EXPECT_THAT(error, testing::HasSubstr("--downscale " + std::to_string(fits) + " fits"));
  options.downscale = fits - 1;
  EXPECT_GT(TrainingBytes(scene, options, NumThreads()), 8e9);
  options.downscale = fits;
  EventRecorder events;
  CheckTrainingMemory(scene, options, room, Job().With(events));
  EXPECT_THAT(events.Texts("info"),
              testing::ElementsAre(testing::HasSubstr("memory 2000 photos and the radiance field")));

  const MemoryRoom plenty{int64_t{1} << 40, "are free"};
  EventRecorder quiet;
  CheckTrainingMemory(scene, options, plenty, Job().With(quiet));
  EXPECT_THAT(quiet.Texts("info"), testing::IsEmpty());
  EXPECT_EQ(DownscaleThatFits(scene, options, 1, 1e6), 0);
  EXPECT_THAT(ErrorTextOf<Error>([&] {
                CheckTrainingMemory(scene, options, {1'000'000, "are free"}, Job());
              }),
              testing::HasSubstr("no --downscale fits"));
}

}  // namespace
}  // namespace sanerf::nerf
