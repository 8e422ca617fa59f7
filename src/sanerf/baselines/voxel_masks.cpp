#include "sanerf/baselines/voxel_masks.h"

#include "sanerf/core/job.h"
#include "sanerf/nerf/trace.h"

namespace sanerf::baselines {

std::vector<ImageU8> MasksOfVoxels(const nerf::NerfModel& nerf, const Camera& file_camera, size_t num_objects,
                                   float min_weight, float threshold, const AddSample& add, const Job& job) {
  std::vector<ImageU8> masks(num_objects, ImageU8(file_camera.width, file_camera.height, 1));
  if (masks.empty()) return masks;
  const auto cut_block = [&](const nerf::PixelBlock& block, const nerf::TracedRays& rays) {
    size_t ray = 0;
    std::vector<float> sums(num_objects);
    for (int y = block.y0; y < block.y1; ++y) {
      for (int x = block.x0; x < block.x1; ++x, ++ray) {
        std::fill(sums.begin(), sums.end(), 0.0f);
        for (size_t s = size_t(rays.first[ray]); s < size_t(rays.first[ray + 1]); ++s)
          add(rays.unit[s].data(), rays.weight[s], sums.data());
        for (size_t object = 0; object < num_objects; ++object)
          masks[object].At(x, y) = sums[object] > threshold ? 255 : 0;
      }
    }
  };
  nerf::TraceBlocks(nerf, file_camera, {.min_weight = min_weight}, cut_block, job);
  return masks;
}

}  // namespace sanerf::baselines
