#include "sanerf/baselines/isrf/select_region.h"

#include <fmt/format.h>

#include <algorithm>

#include "sanerf/baselines/isrf/k_means.h"
#include "sanerf/core/error.h"
#include "sanerf/core/parallel.h"

namespace sanerf {
namespace {

std::vector<float> DistancesTo(const std::vector<float>& centroids, const std::vector<float>& features, int channels) {
  std::vector<float> distances(features.size() / size_t(channels));
  ParallelForChunks(int64_t(distances.size()), 1024, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i)
      distances[size_t(i)] = NearestSquaredDistance(&features[size_t(i * channels)], centroids, channels);
  });
  return distances;
}

struct Confident {
  VoxelMask mask;
  float threshold = 0;
};

// The voxels that look like what lies under the `wanted` strokes.
Confident ConfidentRegion(const Voxels& voxels, const std::vector<float>& wanted, const std::vector<float>& unwanted,
                          const SelectOptions& options, uint64_t seed) {
  const std::vector<float> centroids = KMeans(wanted, voxels.channels, options.clusters, options.cluster_iters, seed);
  Confident region;
  region.threshold = options.threshold > 0 ? options.threshold
                                           : ChooseThreshold(DistancesTo(centroids, wanted, voxels.channels),
                                                             DistancesTo(centroids, unwanted, voxels.channels));
  for (const float distance : DistancesTo(centroids, voxels.features, voxels.channels))
    region.mask.push_back(distance < region.threshold);
  return region;
}

void CheckOptions(const SelectOptions& options) {
  const auto check = [](bool good, const char* name, const char* range) {
    if (!good) throw UsageError(fmt::format("isrf.{} is out of range", name), range, "leave it at its default");
  };
  check(options.clusters >= 1, "clusters", "at least 1");
  check(options.cluster_iters >= 1, "cluster_iters", "at least 1");
  check(options.threshold >= 0, "threshold", "0 or a positive number");
  check(options.rings >= 0, "rings", "0 or more");
  check(options.sigma_distance > 0, "sigma_distance", "a positive number");
  check(options.sigma_feature > 0, "sigma_feature", "a positive number");
}

}  // namespace

float ChooseThreshold(std::vector<float> wanted, std::vector<float> unwanted) {
  if (wanted.empty() || unwanted.empty()) return kUsualThreshold;
  std::sort(wanted.begin(), wanted.end());
  std::sort(unwanted.begin(), unwanted.end());
  // The best count changes only at the distances themselves. Between two of them the threshold is free.
  const auto taken = [](const std::vector<float>& sorted, float threshold) {
    return double(std::upper_bound(sorted.begin(), sorted.end(), threshold) - sorted.begin()) / double(sorted.size());
  };
  double best = -1;
  float low = kUsualThreshold;
  for (const float distance : wanted) {
    const double score = taken(wanted, distance) - taken(unwanted, distance);
    if (score > best) best = score, low = distance;
  }
  const auto next = std::upper_bound(unwanted.begin(), unwanted.end(), low);
  return next == unwanted.end() ? std::max(low, kUsualThreshold) : (low + *next) / 2;
}

SelectedRegion SelectRegion(const Voxels& voxels, const StrokeFeatures& strokes, const SelectOptions& options,
                            uint64_t seed) {
  CheckOptions(options);
  SelectedRegion region;
  const Confident positive = ConfidentRegion(voxels, strokes.positive, strokes.negative, options, seed);
  region.threshold = positive.threshold;
  region.confident = CountSelected(positive.mask);
  region.mask = Grow(voxels, positive.mask, options);
  if (strokes.negative.empty()) return region;

  const Confident negative = ConfidentRegion(voxels, strokes.negative, strokes.positive, options, seed);
  region.negative_threshold = negative.threshold;
  const VoxelMask excluded = Grow(voxels, negative.mask, options);
  for (size_t i = 0; i < excluded.size(); ++i) region.mask[i] = region.mask[i] != 0 && excluded[i] == 0;
  return region;
}

}  // namespace sanerf
