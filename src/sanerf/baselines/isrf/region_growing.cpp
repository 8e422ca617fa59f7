#include "sanerf/baselines/isrf/region_growing.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "sanerf/baselines/isrf/k_means.h"
#include "sanerf/core/check.h"
#include "sanerf/core/error.h"
#include "sanerf/core/job.h"
#include "sanerf/core/parallel.h"

namespace sanerf::baselines {

using mask_aggregator::CellIndex;

namespace {

// use(number of the neighbor, distance in steps along the axes), the voxel itself included.
template <class Use>
void ForEachNeighbor(const CellIndex& cells, uint32_t number, const Use& use) {
  const CellIndex::Cell at = cells.CellAt(number);
  for (int dx = -1; dx <= 1; ++dx) {
    for (int dy = -1; dy <= 1; ++dy) {
      for (int dz = -1; dz <= 1; ++dz) {
        const uint32_t neighbor = cells.Find({at[0] + dx, at[1] + dy, at[2] + dz});
        if (neighbor != CellIndex::kNone) use(neighbor, std::abs(dx) + std::abs(dy) + std::abs(dz));
      }
    }
  }
}

// Voxels outside of the mask that touch it, by number.
std::vector<uint32_t> Frontier(const CellIndex& cells, const VoxelMask& mask) {
  std::vector<uint8_t> is_frontier(mask.size(), 0);
  for (uint32_t number = 0; number < mask.size(); ++number)
    if (mask[number] != 0)
      ForEachNeighbor(cells, number, [&](uint32_t neighbor, int) { is_frontier[neighbor] = mask[neighbor] == 0; });
  std::vector<uint32_t> frontier;
  for (uint32_t number = 0; number < mask.size(); ++number)
    if (is_frontier[number] != 0) frontier.push_back(number);
  return frontier;
}

}  // namespace

VoxelMask GrowRing(const Voxels& voxels, const VoxelMask& mask, const SelectOptions& options) {
  SANERF_CHECK_EQ(mask.size(), size_t(voxels.cells.size()));
  const std::vector<uint32_t> frontier = Frontier(voxels.cells, mask);
  const auto feature = [&](uint32_t number) { return &voxels.features[size_t(number) * size_t(voxels.channels)]; };
  VoxelMask grown = mask;
  ParallelForChunks(int64_t(frontier.size()), 256, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const uint32_t v = frontier[size_t(i)];
      float selected = 0, sum = 0;
      ForEachNeighbor(voxels.cells, v, [&](uint32_t u, int steps) {
        const float distance = SquaredDistance(feature(u), feature(v), voxels.channels);
        const float weight = std::exp(-distance / options.sigma_feature - float(steps) / options.sigma_distance);
        sum += weight;
        if (mask[u] != 0) selected += weight;
      });
      grown[v] = selected > options.grow_above * sum;
    }
  });
  return grown;
}

Grown Grow(const Voxels& voxels, VoxelMask mask, const SelectOptions& options, const LikenessOfMask& likeness,
           const Job& job) {
  Grown best{std::move(mask), 0, 0};
  best.likeness = likeness(best.mask);
  while (best.rings < options.rings) {
    if (job.stop_requested())
      throw InterruptedError("region growing interrupted", "nothing was written", "run the command again");
    VoxelMask grown = GrowRing(voxels, best.mask, options);
    const double score = likeness(grown);
    if (!(score > best.likeness)) break;
    best = {std::move(grown), best.rings + 1, score};
  }
  return best;
}

int64_t CountSelected(const VoxelMask& mask) {
  return std::count_if(mask.begin(), mask.end(), [](uint8_t m) { return m != 0; });
}

}  // namespace sanerf::baselines
