#include "sanerf/baselines/contrastive_lift/mean_shift.h"

#include <gtest/gtest.h>

#include <cmath>

#include "sanerf/baselines/contrastive_lift/blobs_test_support.h"
#include "sanerf/core/error.h"
#include "sanerf/core/job.h"

namespace sanerf::baselines {
namespace {

TEST(MeanShift, FindsTheMiddlesOfSeparateBlobsLargestFirst) {
  const std::vector<float> centers = MeanShift(2, Points(kBlobs, 0.05f), 0.15f, 10, Job());
  ASSERT_EQ(centers.size(), 6u);
  for (const auto& [blob, at] : {std::pair(1, 0), std::pair(2, 2), std::pair(0, 4)})
    for (size_t d = 0; d < 2; ++d)
      EXPECT_NEAR(centers[size_t(at) + d], kBlobs[size_t(blob)].middle[d], 0.012)
          << blob;  // mean of 100 or more points
}

TEST(MeanShift, ThinCellsStartNoCluster) {
  const std::vector<float> points = Points({kBlobs[0], {{0.9f, 0.9f}, 5}}, 0.01f);
  EXPECT_EQ(MeanShift(2, points, 0.15f, 10, Job()).size(), 2u);
  EXPECT_EQ(MeanShift(2, points, 0.15f, 5, Job()).size(), 4u);
}

TEST(MeanShift, BlobsWithinTheBandwidthAreOne) {
  const std::vector<float> points = Points({{{0.3f}, 100}, {{0.7f}, 100}}, 0.01f);
  EXPECT_EQ(MeanShift(1, points, 0.15f, 10, Job()).size(), 2u);
  EXPECT_EQ(MeanShift(1, points, 0.5f, 10, Job()).size(), 1u);
}

TEST(MeanShift, EndsWhenAStopIsRequested) {
  StopSource stop;
  stop.RequestStop();
  EXPECT_THROW(MeanShift(2, Points(kBlobs, 0.05f), 0.15f, 10, Job().With(stop.token())), InterruptedError);
}

}  // namespace
}  // namespace sanerf::baselines
