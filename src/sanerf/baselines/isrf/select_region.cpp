#include "sanerf/baselines/isrf/select_region.h"

#include <algorithm>

#include "sanerf/baselines/isrf/k_means.h"
#include "sanerf/core/error.h"
#include "sanerf/core/job.h"
#include "sanerf/core/options.h"
#include "sanerf/core/parallel.h"

namespace sanerf::baselines {
namespace {

// Positions of the threshold's slider. Growing costs more than looking: it is tried at every fifth.
constexpr int kPositions = 100, kPositionsPerGrowth = 5;

std::vector<float> DistancesTo(const std::vector<float>& centroids, const std::vector<float>& features, int channels) {
  std::vector<float> distances(features.size() / size_t(channels));
  ParallelForChunks(int64_t(distances.size()), 1024, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i)
      distances[size_t(i)] = NearestSquaredDistance(&features[size_t(i * channels)], centroids, channels);
  });
  return distances;
}

struct Sign {
  std::vector<float> centroids;
  std::vector<float> distances;  // of every voxel
};

// One sign's voxels are more like its own strokes than like the other's.
struct Signs {
  const Sign& own;
  const Sign& other;
};

// What both signs are searched with.
struct Selection {
  const Voxels& voxels;
  const SelectOptions& options;
  uint64_t seed;
};

Sign MakeSign(const Selection& selection, const std::vector<float>& strokes, const Job& job) {
  const auto& [voxels, options, seed] = selection;
  Sign sign{KMeans(strokes, voxels.channels, {options.clusters, options.cluster_iters, seed}, job), {}};
  sign.distances = DistancesTo(sign.centroids, voxels.features, voxels.channels);
  return sign;
}

VoxelMask VoxelsWithin(float threshold, const Signs& signs) {
  VoxelMask mask(signs.own.distances.size());
  for (size_t i = 0; i < mask.size(); ++i)
    mask[i] = signs.own.distances[i] < std::min(threshold, signs.other.distances[i]);
  return mask;
}

VoxelMask AndNot(const VoxelMask& wanted, const VoxelMask& unwanted) {
  VoxelMask mask(wanted.size());
  for (size_t i = 0; i < mask.size(); ++i) mask[i] = wanted[i] != 0 && unwanted[i] == 0;
  return mask;
}

struct Region {
  Grown grown;
  float threshold = 0;
};

// One sign's region: its best, or `best` where none is better.
Region BestRegion(const Selection& selection, const Signs& signs, const LikenessOfMask& likeness, Region best,
                  const Job& job) {
  const SelectOptions& options = selection.options;
  int right = 0;  // position of the best threshold without rings
  const auto position = [&](int i) {
    return options.threshold > 0 ? options.threshold : kLargestThreshold * float(i) / kPositions;
  };
  const int last = options.threshold > 0 ? 1 : kPositions;
  for (int i = 1; i <= last; ++i) {
    VoxelMask mask = VoxelsWithin(position(i), signs);
    const double score = likeness(mask);
    if (score > best.grown.likeness) {
      best = {{std::move(mask), 0, score}, position(i)};
      right = i;
    }
  }
  // Beyond, the region is too large without growing.
  for (int i = right; i > 0; i -= kPositionsPerGrowth) {
    Grown grown = Grow(selection.voxels, VoxelsWithin(position(i), signs), options, likeness, job);
    if (grown.likeness > best.grown.likeness) best = {std::move(grown), position(i)};
  }
  return best;
}

}  // namespace

SelectedRegion SelectRegion(const Voxels& voxels, const UserInput& input, const SelectOptions& options, uint64_t seed,
                            const Job& job) {
  CheckOptions(options, "isrf");
  const Selection selection{voxels, options, seed};
  const Sign positive = MakeSign(selection, input.positive, job);
  const Sign negative = MakeSign(selection, input.negative, job);
  const Picture& picture = input.picture;
  if (std::find(picture.wanted.begin(), picture.wanted.end(), 1) == picture.wanted.end()) {
    const float threshold = options.threshold > 0 ? options.threshold : kUsualThreshold;
    return {VoxelsWithin(threshold, {positive, negative}), threshold};
  }
  const auto as_it_is = [&](const VoxelMask& mask) { return LikenessOf(picture, mask); };
  const Region wanted = BestRegion(selection, {positive, negative}, as_it_is, {}, job);
  const auto taken_away = [&](const VoxelMask& mask) { return LikenessOf(picture, AndNot(wanted.grown.mask, mask)); };
  const Region nothing = {{VoxelMask(wanted.grown.mask.size(), 0), 0, wanted.grown.likeness}};
  const Region unwanted = BestRegion(selection, {negative, positive}, taken_away, nothing, job);
  return {AndNot(wanted.grown.mask, unwanted.grown.mask),
          wanted.threshold,
          unwanted.threshold,
          wanted.grown.rings,
          unwanted.grown.rings,
          unwanted.grown.likeness};
}

}  // namespace sanerf::baselines
