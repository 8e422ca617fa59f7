#include "sanerf/baselines/isrf/k_means.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "sanerf/core/error.h"
#include "sanerf/core/job.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/random.h"

namespace sanerf::baselines {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const float kCorners[3][2] = {{0, 0}, {10, 0}, {0, 10}};

// 100 points around each of three corners, up to 1 away along each axis.
std::vector<float> Blobs() {
  Random random(5);
  std::vector<float> points;
  for (int i = 0; i < 300; ++i)
    for (int c = 0; c < 2; ++c) points.push_back(kCorners[i % 3][c] + 2 * random.NextFloat() - 1);
  return points;
}

// Whatever the seed draws, the centroids are the means of the blobs.
TEST(KMeans, FindsSeparatedBlobs) {
  const std::vector<float> points = Blobs();
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    const std::vector<float> centroids = KMeans(points, 2, {3, 100, seed}, Job());
    ASSERT_EQ(centroids.size(), 6u);
    for (int blob = 0; blob < 3; ++blob) {
      float mean[2] = {0, 0};
      for (size_t i = size_t(blob); i < 300; i += 3)
        for (size_t c = 0; c < 2; ++c) mean[c] += points[2 * i + c] / 100;
      EXPECT_LT(NearestSquaredDistance(mean, centroids, 2), 1e-8f) << "seed " << seed << " blob " << blob;
    }
  }
}

TEST(KMeans, DoesNotDependOnThreads) {
  const std::vector<float> points = Blobs();
  SetNumThreads(1);
  const std::vector<float> one = KMeans(points, 2, {7, 100, 3}, Job());
  SetNumThreads(4);
  const std::vector<float> four = KMeans(points, 2, {7, 100, 3}, Job());
  SetNumThreads(0);
  EXPECT_EQ(one, four);
}

TEST(KMeans, FewerPointsThanClusters) {
  std::vector<float> centroids = KMeans({1, 5, 1, 5, 1}, 1, {11, 100, 1}, Job());
  std::sort(centroids.begin(), centroids.end());
  EXPECT_THAT(centroids, ElementsAre(1, 5));
  EXPECT_THAT(KMeans({}, 1, {11, 100, 1}, Job()), IsEmpty());
}

TEST(KMeans, EndsWhenAStopIsRequested) {
  StopSource stop;
  stop.RequestStop();
  EXPECT_THROW(KMeans(Blobs(), 2, {3, 100, 1}, Job().With(stop.token())), InterruptedError);
}

TEST(KMeans, DistancesAreSquared) {
  const float a[2] = {1, 2};
  EXPECT_EQ(SquaredDistance(a, std::vector<float>{4, 6}.data(), 2), 25);
  EXPECT_EQ(NearestSquaredDistance(a, {4, 6, 1, 4}, 2), 4);
  EXPECT_TRUE(std::isinf(NearestSquaredDistance(a, {}, 2)));
}

}  // namespace
}  // namespace sanerf::baselines
