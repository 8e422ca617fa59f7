#include "sanerf/baselines/contrastive_lift/embedding_clusters.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "sanerf/baselines/contrastive_lift/hdbscan.h"
#include "sanerf/baselines/contrastive_lift/mean_shift.h"
#include "sanerf/core/error.h"
#include "sanerf/core/phrases.h"
#include "sanerf/core/random.h"

namespace sanerf::baselines {
namespace {

// Which points lie within some standard deviations of the mean in every dimension.
std::vector<size_t> Inliers(size_t dims, const std::vector<float>& points, float sigmas) {
  const size_t n = points.size() / dims;
  std::vector<double> mean(dims, 0), deviation(dims, 0);
  for (size_t i = 0; i < points.size(); ++i) mean[i % dims] += double(points[i]) / double(n);
  for (size_t i = 0; i < points.size(); ++i) {
    const double x = double(points[i]) - mean[i % dims];
    deviation[i % dims] += x * x / double(n);
  }
  for (double& d : deviation) d = std::sqrt(d);
  std::vector<size_t> inliers;
  for (size_t i = 0; i < n; ++i) {
    bool is_inlier = true;
    for (size_t d = 0; d < dims; ++d)
      is_inlier &= std::abs(double(points[i * dims + d]) - mean[d]) <= double(sigmas) * deviation[d];
    if (is_inlier) inliers.push_back(i);
  }
  return inliers;
}

[[noreturn]] void FailWithoutCluster(const ClusterOptions& options, size_t num_points) {
  constexpr char kWhat[] = "the embeddings form no cluster";
  if (options.clustering == Clustering::kHdbscan)
    throw Error(kWhat,
                fmt::format("there {} {}, fewer than a cluster's {}", IsAre(int64_t(num_points)),
                            Counted(int64_t(num_points), "point"), options.min_cluster_size),
                "--set contrastive_lift.min_cluster_size=50, or more contrastive_lift.pool_rays");
  throw Error(kWhat,
              fmt::format("no cell of the bandwidth {} holds {} of {}", options.bandwidth, options.min_bin_freq,
                          Counted(int64_t(num_points), "point")),
              "--set contrastive_lift.min_bin_freq=1, or a larger contrastive_lift.bandwidth");
}

}  // namespace

EmbeddingClusters::EmbeddingClusters(int num_dims, const std::vector<float>& embeddings, const ClusterOptions& options,
                                     uint64_t seed, const Job& job) {
  const size_t dims = size_t(num_dims);
  std::vector<size_t> inliers = Inliers(dims, embeddings, options.outlier_sigmas);
  low_.assign(dims, std::numeric_limits<float>::max());
  std::vector<float> high(dims, std::numeric_limits<float>::lowest());
  for (const size_t i : inliers) {
    for (size_t d = 0; d < dims; ++d) {
      low_[d] = std::min(low_[d], embeddings[i * dims + d]);
      high[d] = std::max(high[d], embeddings[i * dims + d]);
    }
  }
  for (size_t d = 0; d < dims; ++d) scale_.push_back(high[d] > low_[d] ? 1 / (high[d] - low_[d]) : 0);

  Random random(seed, 0x6d73);
  inliers = DrawFrom(std::move(inliers), options.points, &random);
  std::vector<float> points;
  for (const size_t i : inliers)
    for (size_t d = 0; d < dims; ++d) points.push_back((embeddings[i * dims + d] - low_[d]) * scale_[d]);
  centers_ = options.clustering == Clustering::kHdbscan
                 ? Centers(num_dims, points, Hdbscan(num_dims, points, options.min_cluster_size, job))
                 : MeanShift(num_dims, points, options.bandwidth, options.min_bin_freq, job);
  if (centers_.empty()) FailWithoutCluster(options, inliers.size());
}

int EmbeddingClusters::Nearest(const float* embedding) const {
  const size_t dims = low_.size();
  int nearest = 0;
  float least = std::numeric_limits<float>::max();
  for (int c = 0; c < num_clusters(); ++c) {
    float sum = 0;
    for (size_t d = 0; d < dims; ++d) {
      const float x = (embedding[d] - low_[d]) * scale_[d] - centers_[size_t(c) * dims + d];
      sum += x * x;
    }
    if (sum < least) least = sum, nearest = c;
  }
  return nearest;
}

}  // namespace sanerf::baselines
