// The samples of single rays that carry a noticeable share of the light: all that a stage on frozen geometry needs.
#pragma once

#include <algorithm>
#include <vector>

#include "sanerf/mask_aggregator/object_field.h"
#include "sanerf/nerf/model.h"

namespace sanerf {

// Traces the rays and calls use(ray index, slots) for each in order; slots, front to back, index the tracer's buffers
// and carry more than kMinObjectWeight each.
template <class Use>
void ForEachRaySamples(RayTracer& tracer, const std::vector<Ray>& rays, const Use& use) {
  constexpr size_t kGroup = 256;  // rays traced together
  std::vector<std::vector<int>> slots;
  for (size_t begin = 0; begin < rays.size(); begin += kGroup) {
    const size_t count = std::min(kGroup, rays.size() - begin);
    slots.assign(count, {});
    tracer.Begin(&rays[begin], nullptr, int(count));
    while (tracer.NextWave()) {
    }
    for (const Segment& segment : tracer.segments())
      for (int slot = segment.slot; slot < segment.slot + segment.count; ++slot)
        if (tracer.weights()[slot] > kMinObjectWeight) slots[size_t(segment.ray)].push_back(slot);
    for (size_t i = 0; i < count; ++i) use(begin + i, slots[i]);
  }
}

}  // namespace sanerf
