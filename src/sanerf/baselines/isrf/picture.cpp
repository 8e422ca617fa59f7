#include "sanerf/baselines/isrf/picture.h"

#include <algorithm>
#include <atomic>

#include "sanerf/core/check.h"
#include "sanerf/core/parallel.h"

namespace sanerf::baselines {
namespace {

// Touches of the same cell become one.
void Merge(std::vector<Touch>* touches) {
  std::sort(touches->begin(), touches->end(), [](const Touch& a, const Touch& b) { return a.cell < b.cell; });
  size_t kept = 0;
  for (const Touch& touch : *touches) {
    if (kept > 0 && (*touches)[kept - 1].cell == touch.cell)
      (*touches)[kept - 1].share += touch.share;
    else
      (*touches)[kept++] = touch;
  }
  touches->resize(kept);
}

}  // namespace

void Picture::Add(const mask_aggregator::CellIndex& cells, const nerf::TracedRays& rays, const ImageU8& mask) {
  SANERF_CHECK_EQ(size_t(rays.num_rays()), mask.data.size());
  std::vector<Touch> of_pixel;
  for (size_t r = 0; r < mask.data.size(); ++r) {
    of_pixel.clear();
    AddTouches(cells, rays, r, &of_pixel);
    Merge(&of_pixel);
    touches.insert(touches.end(), of_pixel.begin(), of_pixel.end());
    first.push_back(touches.size());
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
        if (voxels[picture.touches[t].cell] != 0) light += picture.touches[t].share;
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
