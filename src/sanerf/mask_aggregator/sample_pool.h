// Rays of the training masks, traced once: with the geometry frozen, the few samples that carry a ray's weight, their
// positions and geometry features never change, so the steps only ask the object field.
#pragma once

#include <vector>

#include "sanerf/mask_aggregator/mask_aggregator.h"
#include "sanerf/nerf/ray_samples.h"

namespace sanerf {

struct SamplePool {
  struct PoolRay {
    int64_t first = 0;  // index of its first sample
    int count = 0;
    uint8_t label = 0;
    int view = 0, x = 0, y = 0;  // pixel of the label image
  };
  using Sample = RaySample;
  std::vector<PoolRay> rays;
  std::vector<Sample> samples;

  void Append(const SamplePool& other);
};

// Appends a ray with the samples in these slots of the tracer; first and count are filled in.
void AppendRay(const RayTracer& tracer, const std::vector<int>& slots, SamplePool::PoolRay ray, SamplePool* pool);

// num_rays rays, equally many per view; half of them anywhere in the image, half near and inside the objects (uniformly
// in the masks' surroundings, so that both sides of an edge are drawn alike). Samples that carry less than
// 1 % of the light are left out.
SamplePool TracePool(const NerfModel& nerf, const std::vector<LabelView>& views, int num_rays, uint64_t seed);

}  // namespace sanerf
