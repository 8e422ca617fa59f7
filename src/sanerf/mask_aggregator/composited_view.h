// What a field says about the pixels of a view: its outputs per sample, composited along the rays (paper Eq. 7).
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/mask_aggregator/label_prior.h"
#include "sanerf/mask_aggregator/object_field.h"
#include "sanerf/nerf/model.h"

namespace sanerf::mask_aggregator {

struct CompositedPixel {
  int x, y;
  const float* outputs;  // [label]; all 0 for a ray that meets nothing
  float opacity;         // the sum of the samples' weights, [0, 1]
};

// use(pixel) for every pixel of the camera (file frame), from several threads at once. field, prior: one of them may be
// null, the outputs of both are added. Throws InterruptedError.
void CompositeView(const nerf::NerfModel& nerf, const ObjectField* field, const LabelPrior* prior,
                   const Camera& file_camera, const std::function<void(const CompositedPixel&)>& use, const Job& job);

// The same of single rays (model frame): [ray][label]. Parallel inside. Throws InterruptedError.
std::vector<float> CompositeRays(const nerf::NerfModel& nerf, const ObjectField* field, const LabelPrior* prior,
                                 std::span<const nerf::Ray> rays, const Job& job);

}  // namespace sanerf::mask_aggregator
