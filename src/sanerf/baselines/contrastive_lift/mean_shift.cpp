#include "sanerf/baselines/contrastive_lift/mean_shift.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

#include "sanerf/core/error.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/random.h"

namespace sanerf {
namespace {

constexpr int kMaxShifts = 300;
constexpr float kRest = 1e-3f;  // of the bandwidth: a shift below this is rest

float SquaredDistance(size_t dims, const float* a, const float* b) {
  float sum = 0;
  for (size_t d = 0; d < dims; ++d) sum += (a[d] - b[d]) * (a[d] - b[d]);
  return sum;
}

// Middles of the grid's cells that hold enough points.
std::vector<std::vector<float>> Seeds(size_t dims, const std::vector<float>& points, float bandwidth,
                                      int min_bin_freq) {
  std::map<std::vector<int>, int> counts;
  std::vector<int> cell(dims);
  for (size_t i = 0; i + dims <= points.size(); i += dims) {
    for (size_t d = 0; d < dims; ++d) cell[d] = int(std::lround(points[i + d] / bandwidth));
    ++counts[cell];
  }
  std::vector<std::vector<float>> seeds;
  for (const auto& [at, count] : counts) {
    if (count < min_bin_freq) continue;
    seeds.emplace_back();
    for (const int x : at) seeds.back().push_back(float(x) * bandwidth);
  }
  return seeds;
}

struct Centre {
  std::vector<float> at;
  int64_t num_points = 0;  // within the bandwidth
};

Centre Climb(size_t dims, const std::vector<float>& points, float bandwidth, std::vector<float> at) {
  Centre centre{std::move(at), 0};
  std::vector<double> sum(dims);
  for (int shift = 0; shift < kMaxShifts; ++shift) {
    std::fill(sum.begin(), sum.end(), 0);
    int64_t count = 0;
    for (size_t i = 0; i + dims <= points.size(); i += dims) {
      if (SquaredDistance(dims, &points[i], centre.at.data()) > bandwidth * bandwidth) continue;
      for (size_t d = 0; d < dims; ++d) sum[d] += double(points[i + d]);
      ++count;
    }
    centre.num_points = count;
    if (count == 0) break;
    const std::vector<float> before = centre.at;
    for (size_t d = 0; d < dims; ++d) centre.at[d] = float(sum[d] / double(count));
    if (SquaredDistance(dims, before.data(), centre.at.data()) < kRest * bandwidth * kRest * bandwidth) break;
  }
  return centre;
}

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

}  // namespace

std::vector<float> MeanShift(int num_dims, const std::vector<float>& points, float bandwidth, int min_bin_freq) {
  const size_t dims = size_t(num_dims);
  const std::vector<std::vector<float>> seeds = Seeds(dims, points, bandwidth, min_bin_freq);
  std::vector<Centre> centres(seeds.size());
  ParallelFor(int64_t(seeds.size()),
              [&](int64_t s) { centres[size_t(s)] = Climb(dims, points, bandwidth, seeds[size_t(s)]); });
  std::stable_sort(centres.begin(), centres.end(),
                   [](const Centre& a, const Centre& b) { return a.num_points > b.num_points; });
  std::vector<float> kept;
  for (const Centre& centre : centres) {
    bool is_new = centre.num_points > 0;
    for (size_t k = 0; k < kept.size(); k += dims)
      is_new &= SquaredDistance(dims, &kept[k], centre.at.data()) > bandwidth * bandwidth;
    if (is_new) kept.insert(kept.end(), centre.at.begin(), centre.at.end());
  }
  return kept;
}

EmbeddingClusters::EmbeddingClusters(int num_dims, const std::vector<float>& embeddings,
                                     const MeanShiftOptions& options, uint64_t seed) {
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
  const size_t count = std::min(inliers.size(), size_t(options.points));
  std::vector<float> points;
  for (size_t i = 0; i < count; ++i) {
    std::swap(inliers[i], inliers[i + random.NextBelow(uint32_t(inliers.size() - i))]);
    for (size_t d = 0; d < dims; ++d) points.push_back((embeddings[inliers[i] * dims + d] - low_[d]) * scale_[d]);
  }
  centres_ = MeanShift(num_dims, points, options.bandwidth, options.min_bin_freq);
  if (centres_.empty())
    throw Error("the embeddings form no cluster",
                fmt::format("no cell of the bandwidth {} holds {} of {} points", options.bandwidth,
                            options.min_bin_freq, count),
                "--set contrastive_lift.min_bin_freq=1, or a larger contrastive_lift.bandwidth");
}

int EmbeddingClusters::Nearest(const float* embedding) const {
  const size_t dims = low_.size();
  int nearest = 0;
  float least = std::numeric_limits<float>::max();
  for (int c = 0; c < num_clusters(); ++c) {
    float sum = 0;
    for (size_t d = 0; d < dims; ++d) {
      const float x = (embedding[d] - low_[d]) * scale_[d] - centres_[size_t(c) * dims + d];
      sum += x * x;
    }
    if (sum < least) least = sum, nearest = c;
  }
  return nearest;
}

}  // namespace sanerf
