#include "sanerf/baselines/segment_rays.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sanerf/core/error.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/options.h"

namespace sanerf::baselines {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(NumberSegments, InOrderOfAppearance) {
  SegmentRays rays;
  rays.segment_of = {7, 7, 2, 9, 2};
  int num_segments = 0;
  EXPECT_THAT(NumberSegments(rays, {4, 0, 2, 1}, &num_segments), ElementsAre(0, 1, 0, 1));
  EXPECT_EQ(num_segments, 2);
}

TEST(LiftOptions, OutOfRangeIsAUsageError) {
  LiftOptions options;
  options.rays = 1;
  EXPECT_THAT(ErrorTextOf<UsageError>([&] { CheckOptions(options, "contrastive_lift"); }),
              HasSubstr("contrastive_lift.rays=1: expected an integer from 2 to"));
}

}  // namespace
}  // namespace sanerf::baselines
