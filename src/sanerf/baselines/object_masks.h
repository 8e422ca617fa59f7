// Masks of a view from a field's composited outputs.
#pragma once

#include <functional>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/mask_aggregator/object_field.h"
#include "sanerf/nerf/model.h"

namespace sanerf::baselines {

// One mask per object, 0/255, at the camera (file frame). object_of: what a pixel's outputs mean, 0 .. num_objects - 1
// or -1 = none; called from several threads. Pixels that stop less than half of the light belong to nothing.
std::vector<ImageU8> MasksOfOutputs(const nerf::NerfModel& nerf, const mask_aggregator::ObjectField& field,
                                    const Camera& camera, int num_objects,
                                    const std::function<int(const float* outputs)>& object_of, const Job& job);

}  // namespace sanerf::baselines
