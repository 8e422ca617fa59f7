#include "sanerf/baselines/contrastive_lift/mean_shift.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "sanerf/core/error.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/random.h"
#include "sanerf/core/test_folder.h"

namespace sanerf {
namespace {

using ::testing::HasSubstr;

struct Blob {
  std::vector<float> middle;
  int count;
};

// Points within +-`spread` of each middle.
std::vector<float> Points(const std::vector<Blob>& blobs, float spread) {
  Random random(5);
  std::vector<float> points;
  for (const Blob& blob : blobs)
    for (int i = 0; i < blob.count; ++i)
      for (const float x : blob.middle) points.push_back(x + spread * (2 * random.NextFloat() - 1));
  return points;
}

const std::vector<Blob> kBlobs = {{{0.1f, 0.1f}, 100}, {{0.9f, 0.2f}, 300}, {{0.5f, 0.8f}, 200}};

TEST(MeanShift, FindsTheMiddlesOfSeparateBlobsLargestFirst) {
  const std::vector<float> centres = MeanShift(2, Points(kBlobs, 0.05f), 0.15f, 10);
  ASSERT_EQ(centres.size(), 6u);
  for (const auto& [blob, at] : {std::pair(1, 0), std::pair(2, 2), std::pair(0, 4)})
    for (size_t d = 0; d < 2; ++d)
      EXPECT_NEAR(centres[size_t(at) + d], kBlobs[size_t(blob)].middle[d], 0.012)
          << blob;  // mean of 100 or more points
}

TEST(MeanShift, ThinCellsStartNoCluster) {
  const std::vector<float> points = Points({kBlobs[0], {{0.9f, 0.9f}, 5}}, 0.01f);
  EXPECT_EQ(MeanShift(2, points, 0.15f, 10).size(), 2u);
  EXPECT_EQ(MeanShift(2, points, 0.15f, 5).size(), 4u);
}

TEST(MeanShift, BlobsWithinTheBandwidthAreOne) {
  const std::vector<float> points = Points({{{0.3f}, 100}, {{0.7f}, 100}}, 0.01f);
  EXPECT_EQ(MeanShift(1, points, 0.15f, 10).size(), 2u);
  EXPECT_EQ(MeanShift(1, points, 0.5f, 10).size(), 1u);
}

// The second dimension is a hundred times as wide, and one point lies far out: scaled without it, the blobs are apart.
TEST(EmbeddingClusters, ScaleEachDimensionWithoutOutliers) {
  std::vector<float> points = Points(kBlobs, 0.03f);
  for (size_t i = 1; i < points.size(); i += 2) points[i] = 100 * points[i] + 7;
  points.insert(points.end(), {1000.0f, 20.0f});
  const EmbeddingClusters clusters(2, points, MeanShiftOptions(), 1);
  ASSERT_EQ(clusters.num_clusters(), 3);
  EXPECT_EQ(clusters.Nearest(std::vector<float>{0.92f, 26}.data()), 0);
  EXPECT_EQ(clusters.Nearest(std::vector<float>{0.5f, 88}.data()), 1);
  EXPECT_EQ(clusters.Nearest(std::vector<float>{0.1f, 15}.data()), 2);
  EXPECT_EQ(clusters.Nearest(std::vector<float>{-5.0f, 15}.data()), 2);  // far from all, nearest to one
}

// A draw of the points is enough, and which it is depends on the seed alone.
TEST(EmbeddingClusters, TakeADrawThatDoesNotDependOnThreads) {
  const std::vector<float> points = Points(kBlobs, 0.05f);
  MeanShiftOptions options;
  options.points = 300;
  std::vector<int> first;
  for (const int threads : {1, 3}) {
    SetNumThreads(threads);
    const EmbeddingClusters clusters(2, points, options, 9);
    EXPECT_EQ(clusters.num_clusters(), 3);
    std::vector<int> nearest;
    for (size_t i = 0; i < points.size(); i += 2) nearest.push_back(clusters.Nearest(&points[i]));
    if (first.empty()) first = nearest;
    EXPECT_EQ(nearest, first);
    EXPECT_EQ(std::set<int>(nearest.begin(), nearest.end()).size(), 3u);
  }
  SetNumThreads(0);
}

TEST(EmbeddingClusters, NoClusterIsAnError) {
  MeanShiftOptions options;
  options.min_bin_freq = 1000;
  EXPECT_THAT(ErrorTextOf<Error>([&] { EmbeddingClusters(2, Points(kBlobs, 0.05f), options, 1); }),
              HasSubstr("the embeddings form no cluster: no cell of the bandwidth 0.15 holds 1000 of 600 points"));
}

}  // namespace
}  // namespace sanerf
