// Masks of objects that are given by values on voxels: composited along the rays of a view, then cut.
#pragma once

#include <functional>
#include <vector>

#include "sanerf/core/image.h"
#include "sanerf/core/job.h"
#include "sanerf/nerf/model.h"

namespace sanerf::baselines {

// Adds a sample's values to sums[object]. position: [3], in the unit cube; weight: the sample's share of the ray's
// light. Called from several threads at once.
using AddSample = std::function<void(const float* position, float weight, float* sums)>;

// 0/255 where the sum along the ray is larger than `threshold`. Samples with at most min_weight are left out. camera:
// file frame. Parallel inside; throws InterruptedError.
std::vector<ImageU8> MasksOfVoxels(const nerf::NerfModel& nerf, const Camera& file_camera, size_t num_objects,
                                   float min_weight, float threshold, const AddSample& add, const Job& job);

}  // namespace sanerf::baselines
