#include "sanerf/baselines/isrf/select_region.h"

#include <fmt/format.h>

#include <algorithm>

#include "sanerf/baselines/isrf/k_means.h"
#include "sanerf/core/error.h"
#include "sanerf/core/parallel.h"

namespace sanerf {
namespace {

constexpr float kSlider = 0.02f;  // steps of the threshold

std::vector<float> DistancesTo(const std::vector<float>& centroids, const std::vector<float>& features, int channels) {
  std::vector<float> distances(features.size() / size_t(channels));
  ParallelForChunks(int64_t(distances.size()), 1024, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i)
      distances[size_t(i)] = NearestSquaredDistance(&features[size_t(i * channels)], centroids, channels);
  });
  return distances;
}

struct Sign {
  const StrokePixels& strokes;
  std::vector<float> centroids;
  std::vector<float> distances;  // of every voxel
};

Sign MakeSign(const Voxels& voxels, const StrokePixels& strokes, const SelectOptions& options, uint64_t seed) {
  Sign sign{strokes, KMeans(strokes.features, voxels.channels, options.clusters, options.cluster_iters, seed), {}};
  sign.distances = DistancesTo(sign.centroids, voxels.features, voxels.channels);
  return sign;
}

struct Region {
  VoxelMask mask;
  float threshold = 0;
  int64_t confident = 0;
};

VoxelMask VoxelsWithin(float threshold, const Sign& own, const Sign& other) {
  VoxelMask mask(own.distances.size());
  for (size_t i = 0; i < mask.size(); ++i) mask[i] = own.distances[i] < std::min(threshold, other.distances[i]);
  return mask;
}

float ChooseThreshold(const Voxels& voxels, const Sign& own, const Sign& other, const SelectOptions& options) {
  if (options.threshold > 0) return options.threshold;
  const float most = SeparatingThreshold(DistancesTo(own.centroids, own.strokes.features, voxels.channels),
                                         DistancesTo(own.centroids, other.strokes.features, voxels.channels));
  for (float threshold = kSlider; threshold < most; threshold += kSlider)
    if (CoveredShare(own.strokes, VoxelsWithin(threshold, own, other)) >= double(options.seed_share)) return threshold;
  return most;
}

Region GrownRegion(const Voxels& voxels, const Sign& own, const Sign& other, const SelectOptions& options) {
  Region region;
  region.threshold = ChooseThreshold(voxels, own, other, options);
  region.mask = VoxelsWithin(region.threshold, own, other);
  region.confident = CountSelected(region.mask);
  region.mask = Grow(voxels, std::move(region.mask), options, [&](const VoxelMask& mask) {
    return CoveredShare(own.strokes, mask) - CoveredShare(other.strokes, mask);
  });
  return region;
}

void CheckOptions(const SelectOptions& options) {
  const auto check = [](bool good, const char* name, const char* range) {
    if (!good) throw UsageError(fmt::format("isrf.{} is out of range", name), range, "leave it at its default");
  };
  check(options.clusters >= 1, "clusters", "at least 1");
  check(options.cluster_iters >= 1, "cluster_iters", "at least 1");
  check(options.threshold >= 0, "threshold", "0 or a positive number");
  check(options.seed_share > 0 && options.seed_share <= 1, "seed_share", "above 0, at most 1");
  check(options.rings >= 0, "rings", "0 or more");
  check(options.sigma_distance > 0, "sigma_distance", "a positive number");
  check(options.sigma_feature > 0, "sigma_feature", "a positive number");
}

}  // namespace

float SeparatingThreshold(std::vector<float> wanted, std::vector<float> unwanted) {
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

double CoveredShare(const StrokePixels& strokes, const VoxelMask& mask) {
  int64_t covered = 0;
  for (size_t pixel = 0; pixel + 1 < strokes.first.size(); ++pixel) {
    float light = 0;
    for (size_t t = strokes.first[pixel]; t < strokes.first[pixel + 1]; ++t)
      if (mask[strokes.touches[t].cell] != 0) light += strokes.touches[t].share;
    covered += light > 0.5f;
  }
  return double(covered) / std::max(1.0, double(strokes.first.size() - 1));
}

SelectedRegion SelectRegion(const Voxels& voxels, const Strokes& strokes, const SelectOptions& options, uint64_t seed) {
  CheckOptions(options);
  const Sign positive = MakeSign(voxels, strokes.positive, options, seed);
  const Sign negative = MakeSign(voxels, strokes.negative, options, seed);
  Region wanted = GrownRegion(voxels, positive, negative, options);
  const Region unwanted = GrownRegion(voxels, negative, positive, options);
  for (size_t i = 0; i < wanted.mask.size(); ++i) wanted.mask[i] = wanted.mask[i] != 0 && unwanted.mask[i] == 0;
  return {std::move(wanted.mask), wanted.threshold, unwanted.threshold, wanted.confident};
}

}  // namespace sanerf
