#include "sanerf/baselines/contrastive_lift/mean_shift.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "sanerf/core/job.h"
#include "sanerf/core/parallel.h"

namespace sanerf::baselines {
namespace {

constexpr int kMaxShifts = 300;
constexpr float kRest = 1e-3f;  // of the bandwidth: a shift below this is rest

float SquaredDistanceIn(size_t dims, const float* a, const float* b) {
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

struct Center {
  std::vector<float> at;
  int64_t num_points = 0;  // within the bandwidth
};

Center Climb(size_t dims, const std::vector<float>& points, float bandwidth, std::vector<float> at, const Job& job) {
  Center center{std::move(at), 0};
  std::vector<double> sum(dims);
  for (int shift = 0; shift < kMaxShifts; ++shift) {
    job.ThrowIfStopped("clustering");
    std::fill(sum.begin(), sum.end(), 0);
    int64_t count = 0;
    for (size_t i = 0; i + dims <= points.size(); i += dims) {
      if (SquaredDistanceIn(dims, &points[i], center.at.data()) > bandwidth * bandwidth) continue;
      for (size_t d = 0; d < dims; ++d) sum[d] += double(points[i + d]);
      ++count;
    }
    center.num_points = count;
    if (count == 0) break;
    const std::vector<float> before = center.at;
    for (size_t d = 0; d < dims; ++d) center.at[d] = float(sum[d] / double(count));
    if (SquaredDistanceIn(dims, before.data(), center.at.data()) < kRest * bandwidth * kRest * bandwidth) break;
  }
  return center;
}

}  // namespace

std::vector<float> MeanShift(int num_dims, const std::vector<float>& points, float bandwidth, int min_bin_freq,
                             const Job& job) {
  const size_t dims = size_t(num_dims);
  const std::vector<std::vector<float>> seeds = Seeds(dims, points, bandwidth, min_bin_freq);
  std::vector<Center> centers(seeds.size());
  ParallelFor(int64_t(seeds.size()),
              [&](int64_t s) { centers[size_t(s)] = Climb(dims, points, bandwidth, seeds[size_t(s)], job); });
  std::stable_sort(centers.begin(), centers.end(),
                   [](const Center& a, const Center& b) { return a.num_points > b.num_points; });
  std::vector<float> kept;
  for (const Center& center : centers) {
    bool is_new = center.num_points > 0;
    for (size_t k = 0; k < kept.size(); k += dims)
      is_new &= SquaredDistanceIn(dims, &kept[k], center.at.data()) > bandwidth * bandwidth;
    if (is_new) kept.insert(kept.end(), center.at.begin(), center.at.end());
  }
  return kept;
}

}  // namespace sanerf::baselines
