#include "sanerf/baselines/object_masks.h"

#include "sanerf/core/job.h"
#include "sanerf/mask_aggregator/composited_view.h"

namespace sanerf::baselines {

std::vector<ImageU8> MasksOfOutputs(const nerf::NerfModel& nerf, const mask_aggregator::ObjectField& field,
                                    const Camera& camera, int num_objects,
                                    const std::function<int(const float* outputs)>& object_of, const Job& job) {
  std::vector<ImageU8> masks(size_t(num_objects), ImageU8(camera.width, camera.height, 1));
  mask_aggregator::CompositeView(
      nerf, &field, nullptr, camera,
      [&](const mask_aggregator::CompositedPixel& pixel) {
        if (pixel.opacity < 0.5f) return;
        const int object = object_of(pixel.outputs);
        if (object >= 0) masks[size_t(object)].At(pixel.x, pixel.y) = 255;
      },
      job);
  return masks;
}

}  // namespace sanerf::baselines
