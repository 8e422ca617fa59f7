// Rays of the training masks, traced once: with the geometry frozen, the few samples that carry a ray's weight, their
// positions and geometry features never change, so the steps only ask the object field.
#pragma once

#include <vector>

#include "sanerf/mask_aggregator/mask_aggregator.h"

namespace sanerf {

struct SamplePool {
  struct PoolRay {
    int64_t first = 0;  // index of its first sample
    int count = 0;
    uint8_t label = 0;
  };
  struct Sample {
    float unit[3];  // in the grid's unit cube
    float weight;
    float geometry[RadianceField::kGeometry];
  };
  std::vector<PoolRay> rays;
  std::vector<Sample> samples;
};

// num_rays rays, equally many per view; half of them anywhere in the image, half near and inside the objects (uniformly
// in the masks' surroundings, so that both sides of an edge are drawn alike). Samples that carry less than
// 1 % of the light are left out.
SamplePool TracePool(const NerfModel& nerf, const std::vector<LabelView>& views, int num_rays, uint64_t seed);

}  // namespace sanerf
