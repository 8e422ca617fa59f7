// The samples of single rays that carry a noticeable share of the light: all that a stage on frozen geometry needs.
#pragma once

#include <algorithm>
#include <vector>

#include "sanerf/nerf/model.h"

namespace sanerf {

// Samples that carry less of a ray's light than this are left out by the stages on frozen geometry, in training and
// rendering alike.
inline constexpr float kMinSampleWeight = 0.01f;

struct RaySample {
  float unit[3];  // in the grid's unit cube
  float weight;
  float geometry[RadianceField::kGeometry];
};

// What the tracer found in one of its slots.
inline RaySample SampleInSlot(const RayTracer& tracer, int slot) {
  constexpr int kGeo = RadianceField::kGeometry;
  RaySample sample;
  const int64_t tile = slot / kernels::kTile, lane = slot % kernels::kTile;
  for (int a = 0; a < 3; ++a) sample.unit[a] = tracer.positions()[(tile * 3 + a) * kernels::kTile + lane];
  sample.weight = tracer.weights()[slot];
  for (int c = 0; c < kGeo; ++c) sample.geometry[c] = tracer.density_out()[(tile * kGeo + c) * kernels::kTile + lane];
  return sample;
}

// Traces the rays and calls use(ray index, slots) for each in order; slots, front to back, index the tracer's buffers
// and carry more than kMinSampleWeight each. The tracer keeps its waves.
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
    for (const RaySegment& segment : tracer.segments())
      for (int slot = segment.slot; slot < segment.slot + segment.count; ++slot)
        if (tracer.weights()[slot] > kMinSampleWeight) slots[size_t(segment.ray)].push_back(slot);
    for (size_t i = 0; i < count; ++i) use(begin + i, slots[i]);
  }
}

}  // namespace sanerf
