// Masks of a view: from a field's composited outputs, or from values on voxels that are composited along the rays.
#pragma once

#include <functional>
#include <vector>

#include "sanerf/core/image.h"
#include "sanerf/core/job.h"
#include "sanerf/mask_aggregator/object_field.h"
#include "sanerf/nerf/model.h"

namespace sanerf::baselines {

// Objects that are given by a field's outputs.
struct FieldObjects {
  const mask_aggregator::ObjectField& field;
  int count = 0;
  // What a pixel's outputs mean: 0 .. count - 1 or -1 = none. Called from several threads.
  std::function<int(const float* outputs)> object_of;
};
// One mask per object, 0/255, at the camera (file frame). Pixels that stop less than half of the light belong to
// nothing. Parallel inside; throws InterruptedError.
std::vector<ImageU8> MasksOfOutputs(const nerf::NerfModel& nerf, const Camera& camera, const FieldObjects& objects,
                                    const Job& job);

// Adds a sample's values to sums[object]. position: [3], in the unit cube; weight: the sample's share of the ray's
// light. Called from several threads at once.
using AddSample = std::function<void(const float* position, float weight, float* sums)>;

// Objects that are given by values on voxels.
struct VoxelObjects {
  size_t count = 0;
  float min_weight = 0;  // samples with at most so much are left out
  float threshold = 0.5f;
  AddSample add;
};
// 0/255 where the sum along the ray is larger than the threshold. camera: file frame. Parallel inside; throws
// InterruptedError.
std::vector<ImageU8> MasksOfVoxels(const nerf::NerfModel& nerf, const Camera& camera, const VoxelObjects& objects,
                                   const Job& job);

}  // namespace sanerf::baselines
