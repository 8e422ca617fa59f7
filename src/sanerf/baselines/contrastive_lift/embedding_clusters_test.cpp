#include "sanerf/baselines/contrastive_lift/embedding_clusters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "sanerf/baselines/contrastive_lift/blobs_test_support.h"
#include "sanerf/core/error.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/job.h"
#include "sanerf/core/parallel.h"

namespace sanerf::baselines {
namespace {

using ::testing::HasSubstr;
using ::testing::Values;

class EmbeddingClustersTest : public ::testing::TestWithParam<Clustering> {
 protected:
  static ClusterOptions Options() {
    ClusterOptions options;
    options.clustering = GetParam();
    options.min_cluster_size = 30;
    return options;
  }
};

// The second dimension is a hundred times as wide, and one point lies far out: scaled without it, the blobs are apart.
TEST_P(EmbeddingClustersTest, ScaleEachDimensionWithoutOutliers) {
  std::vector<float> points = Points(kBlobs, 0.03f);
  for (size_t i = 1; i < points.size(); i += 2) points[i] = 100 * points[i] + 7;
  points.insert(points.end(), {1000.0f, 20.0f});
  const EmbeddingClusters clusters(2, points, Options(), 1, Job());
  ASSERT_EQ(clusters.num_clusters(), 3);
  EXPECT_EQ(clusters.Nearest(std::vector<float>{0.92f, 26}.data()), 0);
  EXPECT_EQ(clusters.Nearest(std::vector<float>{0.5f, 88}.data()), 1);
  EXPECT_EQ(clusters.Nearest(std::vector<float>{0.1f, 15}.data()), 2);
  EXPECT_EQ(clusters.Nearest(std::vector<float>{-5.0f, 15}.data()), 2);  // far from all, nearest to one
}

// A draw of the points is enough, and which it is depends on the seed alone.
TEST_P(EmbeddingClustersTest, TakeADrawThatDoesNotDependOnThreads) {
  const std::vector<float> points = Points(kBlobs, 0.05f);
  ClusterOptions options = Options();
  options.points = 300;
  std::vector<int> first;
  for (const int threads : {1, 3}) {
    SetNumThreads(threads);
    const EmbeddingClusters clusters(2, points, options, 9, Job());
    EXPECT_EQ(clusters.num_clusters(), 3);
    std::vector<int> nearest;
    for (size_t i = 0; i < points.size(); i += 2) nearest.push_back(clusters.Nearest(&points[i]));
    if (first.empty()) first = nearest;
    EXPECT_EQ(nearest, first);
    EXPECT_EQ(std::set<int>(nearest.begin(), nearest.end()).size(), 3u);
  }
  SetNumThreads(0);
}

TEST_P(EmbeddingClustersTest, EndWhenAStopIsRequested) {
  StopSource stop;
  stop.RequestStop();
  EXPECT_THROW(EmbeddingClusters(2, Points(kBlobs, 0.05f), Options(), 1, Job().With(stop.token())), InterruptedError);
}

INSTANTIATE_TEST_SUITE_P(, EmbeddingClustersTest, Values(Clustering::kHdbscan, Clustering::kMeanShift),
                         [](const auto& info) {
                           return info.param == Clustering::kHdbscan ? "hdbscan" : "mean_shift";
                         });

TEST(EmbeddingClusters, NoClusterIsAnError) {
  ClusterOptions options;
  options.min_cluster_size = 601;
  const auto cluster = [&] { EmbeddingClusters(2, Points(kBlobs, 0.05f), options, 1, Job()); };
  EXPECT_THAT(ErrorTextOf<Error>(cluster),
              HasSubstr("the embeddings form no cluster: there are 600 points, fewer than a cluster's 601"));
  options.clustering = Clustering::kMeanShift;
  options.min_bin_freq = 1000;
  EXPECT_THAT(ErrorTextOf<Error>(cluster),
              HasSubstr("the embeddings form no cluster: no cell of the bandwidth 0.15 holds 1000 of 600 points"));
}

}  // namespace
}  // namespace sanerf::baselines
