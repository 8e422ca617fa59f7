// Bilateral region growing (lib/region_grower.py of the authors' release) on the voxels that hold surfaces.
#pragma once

#include <functional>
#include <vector>

#include "sanerf/baselines/options.h"
#include "sanerf/core/job.h"
#include "sanerf/mask_aggregator/cell_index.h"

namespace sanerf::baselines {

// By cell number: 1 = selected.
using VoxelMask = std::vector<uint8_t>;

struct Voxels {
  const mask_aggregator::CellIndex& cells;
  const std::vector<float>& features;  // [cell][channel]
  int channels;
};

// The mask with one more ring. Every voxel v outside of it that touches it by a face, an edge or a corner gets
//   m(v) = sum_u m(u) a(u) b(u) / sum_u a(u) b(u),   a = exp(-|f_u - f_v|^2 / sigma_feature),
//                                                    b = exp(-|u - v|_1 / sigma_distance),
// over the voxels u of its 3x3x3 neighborhood, itself included, and joins when m(v) > grow_above.
VoxelMask GrowRing(const Voxels& voxels, const VoxelMask& mask, const SelectOptions& options);

// How much a mask looks like what is wanted; more is better.
using LikenessOfMask = std::function<double(const VoxelMask&)>;
struct Grown {
  VoxelMask mask;
  int rings = 0;
  double likeness = -1;
};
// Ring after ring, `options.rings` at most, as long as each makes it more alike.
Grown Grow(const Voxels& voxels, VoxelMask mask, const SelectOptions& options, const LikenessOfMask& likeness,
           const Job& job);

int64_t CountSelected(const VoxelMask& mask);

}  // namespace sanerf::baselines
