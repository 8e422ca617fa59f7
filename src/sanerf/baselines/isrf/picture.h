// What the user of the authors' window sees: whether the voxels that are selected look like the object.
#pragma once

#include <vector>

#include "sanerf/baselines/isrf/region_growing.h"
#include "sanerf/baselines/isrf/traced_views.h"
#include "sanerf/core/image.h"

namespace sanerf::baselines {

// Pixels of some views, and which of them show the object.
struct Picture {
  std::vector<uint8_t> wanted;
  std::vector<size_t> first = {0};  // of `weights`, by pixel; one more at the end
  std::vector<CellWeight> weights;  // a cell at most once per pixel

  size_t size() const { return wanted.size(); }
  // Rays through the pixels of a mask (non-zero = wanted), row by row.
  void Add(const mask_aggregator::CellIndex& cells, const nerf::TracedRays& rays, const ImageU8& mask);
};

// A pixel shows the voxels when more than half of its light comes from them: IoU of these pixels with the wanted ones.
// 0 where there are neither.
double LikenessOf(const Picture& picture, const VoxelMask& voxels);

}  // namespace sanerf::baselines
