#include "sanerf/baselines/isrf/picture.h"

#include <algorithm>
#include <atomic>

#include "sanerf/core/check.h"
#include "sanerf/core/parallel.h"

namespace sanerf::baselines {
namespace {

// Weights of the same cell become one.
void Merge(std::vector<CellWeight>* weights) {
  std::sort(weights->begin(), weights->end(), [](const CellWeight& a, const CellWeight& b) { return a.cell < b.cell; });
  size_t kept = 0;
  for (const CellWeight& corner : *weights) {
    if (kept > 0 && (*weights)[kept - 1].cell == corner.cell)
      (*weights)[kept - 1].weight += corner.weight;
    else
      (*weights)[kept++] = corner;
  }
  weights->resize(kept);
}

}  // namespace

void Picture::Add(const mask_aggregator::CellIndex& cells, const nerf::TracedRays& rays, const ImageU8& mask) {
  SANERF_CHECK_EQ(size_t(rays.num_rays()), mask.data.size());
  std::vector<CellWeight> of_pixel;
  for (size_t r = 0; r < mask.data.size(); ++r) {
    of_pixel.clear();
    AddTrilinearWeights(cells, rays, r, &of_pixel);
    Merge(&of_pixel);
    weights.insert(weights.end(), of_pixel.begin(), of_pixel.end());
    first.push_back(weights.size());
    wanted.push_back(mask.data[r] != 0);
  }
}

double LikenessOf(const Picture& picture, const VoxelMask& voxels) {
  std::atomic<int64_t> both = 0, either = 0;
  ParallelForChunks(int64_t(picture.size()), 4096, [&](int64_t begin, int64_t end) {
    int64_t both_here = 0, either_here = 0;
    for (size_t pixel = size_t(begin); pixel < size_t(end); ++pixel) {
      float light = 0;
      for (size_t t = picture.first[pixel]; t < picture.first[pixel + 1]; ++t)
        if (voxels[picture.weights[t].cell] != 0) light += picture.weights[t].weight;
      const bool is_shown = light > 0.5f, is_wanted = picture.wanted[pixel] != 0;
      both_here += is_shown && is_wanted;
      either_here += is_shown || is_wanted;
    }
    both += both_here;
    either += either_here;
  });
  return either > 0 ? double(both) / double(either) : 0;
}

}  // namespace sanerf::baselines
