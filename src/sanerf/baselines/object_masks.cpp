#include "sanerf/baselines/object_masks.h"

#include <algorithm>

#include "sanerf/core/job.h"
#include "sanerf/mask_aggregator/composited_view.h"
#include "sanerf/nerf/trace.h"

namespace sanerf::baselines {

std::vector<ImageU8> MasksOfOutputs(const nerf::NerfModel& nerf, const Camera& camera, const FieldObjects& objects,
                                    const Job& job) {
  std::vector<ImageU8> masks(size_t(objects.count), ImageU8(camera.width, camera.height, 1));
  const mask_aggregator::LabelSource source{&objects.field};
  mask_aggregator::CompositeView(
      nerf, {&source, 1}, {camera},
      [&](const mask_aggregator::CompositedPixel& pixel) {
        if (pixel.opacity < 0.5f) return;
        const int object = objects.object_of(pixel.outputs);
        if (object >= 0) masks[size_t(object)].At(pixel.x, pixel.y) = 255;
      },
      job);
  return masks;
}

std::vector<ImageU8> MasksOfVoxels(const nerf::NerfModel& nerf, const Camera& camera, const VoxelObjects& objects,
                                   const Job& job) {
  std::vector<ImageU8> masks(objects.count, ImageU8(camera.width, camera.height, 1));
  if (masks.empty()) return masks;
  const auto cut_block = [&](const nerf::PixelBlock& block, const nerf::TracedRays& rays) {
    size_t ray = 0;
    std::vector<float> sums(objects.count);
    for (int y = block.y0; y < block.y1; ++y) {
      for (int x = block.x0; x < block.x1; ++x, ++ray) {
        std::fill(sums.begin(), sums.end(), 0.0f);
        for (size_t s = size_t(rays.first[ray]); s < size_t(rays.first[ray + 1]); ++s)
          objects.add(rays.unit[s].data(), rays.weight[s], sums.data());
        for (size_t object = 0; object < objects.count; ++object)
          masks[object].At(x, y) = sums[object] > objects.threshold ? 255 : 0;
      }
    }
  };
  nerf::TraceBlocks(nerf, camera, {.min_weight = objects.min_weight}, cut_block, job);
  return masks;
}

}  // namespace sanerf::baselines
