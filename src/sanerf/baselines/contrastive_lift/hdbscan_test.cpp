#include "sanerf/baselines/contrastive_lift/hdbscan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "sanerf/baselines/contrastive_lift/blobs_test_support.h"
#include "sanerf/core/error.h"
#include "sanerf/core/job.h"

namespace sanerf::baselines {
namespace {

using ::testing::Each;

// The definition, with all distances and no chain: from the density at which a group is born on, edges longer than
// 1 / density are cut, one length after the other; parts of less than min_size leave it; when two large ones remain,
// it ends.
class ByDefinition {
 public:
  ByDefinition(int dims, std::vector<float> points, int min_size)
      : dims_(dims), points_(std::move(points)), min_size_(size_t(min_size)) {}

  // The chosen groups of all points.
  std::set<std::set<int>> Clusters() const {
    std::set<int> all;
    for (int i = 0; i < int(points_.size()) / dims_; ++i) all.insert(i);
    return Best(all, 0).second;
  }

 private:
  double Distance(int a, int b) const {
    float sum = 0;
    for (int d = 0; d < dims_; ++d) {
      const float x = points_[size_t(a * dims_ + d)] - points_[size_t(b * dims_ + d)];
      sum += x * x;
    }
    return std::sqrt(double(sum));
  }

  // Of `group`, connected by edges shorter than `length`.
  std::vector<std::set<int>> Parts(std::set<int> group, double length) const {
    std::vector<std::set<int>> parts;
    while (!group.empty()) {
      std::set<int> part;
      std::vector<int> todo = {*group.begin()};
      group.erase(group.begin());
      while (!todo.empty()) {
        const int at = todo.back();
        todo.pop_back();
        part.insert(at);
        for (auto other = group.begin(); other != group.end();) {
          if (Distance(at, *other) < length) {
            todo.push_back(*other);
            other = group.erase(other);
          } else {
            ++other;
          }
        }
      }
      parts.push_back(part);
    }
    return parts;
  }

  // The stability of what is chosen in a group and the choice.
  std::pair<double, std::set<std::set<int>>> Best(const std::set<int>& born, double birth) const {
    std::set<double> lengths;  // longest first: negative
    for (const int a : born)
      for (const int b : born)
        if (a < b) lengths.insert(-Distance(a, b));
    double own = 0;
    std::set<int> group = born;
    for (const double negative : lengths) {
      std::vector<std::set<int>> large;
      size_t num_left = 0;
      for (const std::set<int>& part : Parts(group, -negative)) {
        if (part.size() >= min_size_)
          large.push_back(part);
        else
          num_left += part.size();
      }
      const double range = 1 / -negative - birth;
      own += double(num_left) * range;
      if (large.size() == 1) {
        group = large[0];
        continue;
      }
      std::pair<double, std::set<std::set<int>>> within;
      for (const std::set<int>& part : large) {
        own += double(part.size()) * range;
        const auto best = Best(part, 1 / -negative);
        within.first += best.first;
        within.second.insert(best.second.begin(), best.second.end());
      }
      if (within.first > own) return within;
      break;
    }
    return {own, {born}};
  }

  int dims_;
  std::vector<float> points_;
  size_t min_size_;
};

std::set<std::set<int>> SetsOf(const DensityClusters& clusters) {
  std::map<int, std::set<int>> sets;
  for (size_t i = 0; i < clusters.cluster.size(); ++i)
    if (clusters.cluster[i] >= 0) sets[clusters.cluster[i]].insert(int(i));
  EXPECT_EQ(int(sets.size()), clusters.num_clusters);
  std::set<std::set<int>> result;
  for (const auto& [cluster, set] : sets) result.insert(set);
  return result;
}

TEST(Hdbscan, IsWhatTheDefinitionSays) {
  int num_several = 0;
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    Random random(seed);
    const int dims = 1 + int(seed % 3), num_blobs = 1 + int(seed % 5);
    std::vector<float> points;
    for (int i = 0; i < 70; ++i) {
      const int blob = int(random.NextBelow(uint32_t(num_blobs)));
      const float spread = 0.02f * float(1 + blob);
      for (int d = 0; d < dims; ++d)
        points.push_back(float((blob * (d + 3)) % 7) / 7 + spread * (random.NextFloat() + random.NextFloat()));
    }
    for (const int min_size : {2, 5, 12}) {
      const std::set<std::set<int>> clusters = SetsOf(Hdbscan(dims, points, min_size, Job()));
      EXPECT_EQ(clusters, ByDefinition(dims, points, min_size).Clusters()) << seed << " " << min_size;
      num_several += clusters.size() > 1;
    }
  }
  EXPECT_GT(num_several, 60);  // of 120
}

// Mean shift with one bandwidth would join the narrow ones or tear the wide one.
TEST(Hdbscan, BlobsOfDifferentWidthAreFound) {
  std::vector<float> points = Points({{{0.1f, 0.1f}, 300}, {{0.2f, 0.1f}, 300}}, 0.02f);
  const std::vector<float> wide = Points({{{0.7f, 0.6f}, 3000}}, 0.3f);
  points.insert(points.end(), wide.begin(), wide.end());
  const DensityClusters clusters = Hdbscan(2, points, 60, Job());
  EXPECT_EQ(clusters.num_clusters, 3);
  const std::vector<float> centers = Centers(2, points, clusters);
  std::map<int, int> counts;
  for (const int cluster : clusters.cluster) ++counts[cluster];
  for (int c = 0; c < clusters.num_clusters; ++c) {
    const bool is_wide = counts[c] > 1500;
    const float x = is_wide ? 0.7f : centers[size_t(2 * c)] < 0.15f ? 0.1f : 0.2f;
    EXPECT_NEAR(centers[size_t(2 * c)], x, is_wide ? 0.03 : 0.004);
    EXPECT_NEAR(centers[size_t(2 * c + 1)], is_wide ? 0.6 : 0.1, is_wide ? 0.03 : 0.004);
  }
}

// On a line: two groups and a point far from both. It is in no cluster; of the others the densest have membership 1.
TEST(Hdbscan, AFarPointIsInNone) {
  const std::vector<float> points = {0, 1, 2, 3, 10, 11.5f, 12.5f, 13.5f, 30};
  const DensityClusters clusters = Hdbscan(1, points, 3, Job());
  EXPECT_EQ(SetsOf(clusters), (std::set<std::set<int>>{{0, 1, 2, 3}, {4, 5, 6, 7}}));
  EXPECT_EQ(clusters.cluster[8], -1);
  EXPECT_EQ(clusters.membership[8], 0);
  for (const size_t i : {0, 1, 2, 3, 5, 6, 7}) EXPECT_EQ(clusters.membership[i], 1) << i;
  EXPECT_FLOAT_EQ(clusters.membership[4], 1 / 1.5f);
  const std::vector<float> centers = Centers(1, points, clusters);
  EXPECT_FLOAT_EQ(centers[size_t(clusters.cluster[0])], 1.5f);
  EXPECT_FLOAT_EQ(centers[size_t(clusters.cluster[4])], (10 / 1.5f + 11.5f + 12.5f + 13.5f) / (1 / 1.5f + 3));
}

TEST(Hdbscan, EqualPointsAreOneCluster) {
  const DensityClusters clusters = Hdbscan(2, std::vector<float>(40, 0.5f), 5, Job());
  EXPECT_EQ(clusters.num_clusters, 1);
  EXPECT_THAT(clusters.cluster, Each(0));
  EXPECT_THAT(clusters.membership, Each(1));
  EXPECT_THAT(Centers(2, std::vector<float>(40, 0.5f), clusters), Each(0.5f));
}

TEST(Hdbscan, FewerPointsThanAClusterAreNone) {
  EXPECT_EQ(Hdbscan(1, {1, 2, 3}, 4, Job()).num_clusters, 0);
  EXPECT_EQ(Hdbscan(1, {1, 2, 3}, 3, Job()).num_clusters, 1);
  EXPECT_EQ(Hdbscan(3, {}, 2, Job()).num_clusters, 0);
}

TEST(Hdbscan, EndsWhenAStopIsRequested) {
  StopSource stop;
  stop.RequestStop();
  EXPECT_THROW(Hdbscan(2, Points(kBlobs, 0.05f), 25, Job().With(stop.token())), InterruptedError);
}

}  // namespace
}  // namespace sanerf::baselines
