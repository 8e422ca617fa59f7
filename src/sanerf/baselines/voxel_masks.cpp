#include "sanerf/baselines/voxel_masks.h"

#include "sanerf/core/job.h"
#include "sanerf/nerf/block_tracer.h"

namespace sanerf {

using kernels::kTile;

namespace {

struct Cut {
  const NerfModel& nerf;
  const Camera model_camera;
  float min_weight, threshold;
  const AddSample& add;
  std::vector<ImageU8>& masks;
};

// Buffers of one thread.
class BlockMasks {
 public:
  explicit BlockMasks(const Cut& cut) : cut_(cut), tracer_(cut.nerf.traced(), cut.min_weight) {}

  void Render(const PixelBlock& block) {
    tracer_.Begin(RaysOf(cut_.model_camera, block));
    sums_.assign(tracer_.num_rays() * cut_.masks.size(), 0.0f);
    while (tracer_.NextWave()) AddWave();
    const float* sum = sums_.data();
    for (int y = block.y0; y < block.y1; ++y)
      for (int x = block.x0; x < block.x1; ++x)
        for (ImageU8& mask : cut_.masks) mask.At(x, y) = *sum++ > cut_.threshold ? 255 : 0;
  }

 private:
  void AddWave() {
    if (tracer_.num_tiles() == 0) return;
    positions_.Reserve(tracer_.num_tiles() * 3 * kTile);
    tracer_.Gather(tracer_.tracer().positions(), 3, 3, positions_.data());
    tracer_.ForEachVisible([&](int64_t i, int ray, float weight) {
      cut_.add(&positions_[i / kTile * 3 * kTile + i % kTile], weight, &sums_[size_t(ray) * cut_.masks.size()]);
    });
  }

  const Cut& cut_;
  BlockTracer tracer_;
  Buffer positions_;
  std::vector<float> sums_;  // [pixel of the block][object]
};

}  // namespace

std::vector<ImageU8> MasksOfVoxels(const NerfModel& nerf, const Camera& file_camera, size_t num_objects,
                                   float min_weight, float threshold, const AddSample& add, const Job& job) {
  std::vector<ImageU8> masks(num_objects, ImageU8(file_camera.width, file_camera.height, 1));
  if (masks.empty()) return masks;
  const Cut cut{nerf, file_camera.In(nerf.model_from_file()), min_weight, threshold, add, masks};
  ForEachBlock(
      file_camera.width, file_camera.height, [&] { return std::make_unique<BlockMasks>(cut); },
      [](BlockMasks& masks, const PixelBlock& block) { masks.Render(block); }, job);
  return masks;
}

}  // namespace sanerf
