// Objects taken out of a scene while its rays are traced: what stands behind them shows.
#pragma once

#include <vector>

#include "sanerf/mask_aggregator/composited_view.h"
#include "sanerf/mask_aggregator/object_field.h"
#include "sanerf/nerf/ray_tracer.h"

namespace sanerf::mask_aggregator {

class ObjectFilter : public nerf::SampleFilter {
 public:
  // is_hidden: by label, of all sources together.
  ObjectFilter(std::vector<LabelSource> sources, std::vector<bool> is_hidden);

  void Begin(int num_rays) override;
  void Filter(const nerf::RayTracer& wave, std::span<const nerf::RaySegment> segments, float* sigma) override;

 private:
  // Slots of the wave whose samples are dense enough to matter, and whether they belong to what is hidden.
  void Classify(const nerf::RayTracer& wave, std::span<const nerf::RaySegment> segments, const float* sigma);

  // Of the samples in slots_: logits [slot][label].
  std::vector<float> LogitsOf(const LabelSource& source);

  const std::vector<LabelSource> sources_;
  const std::vector<bool> is_hidden_;
  std::vector<float> reach_;  // by ray: up to here all is the inside of something hidden
  std::vector<int> slots_;
  std::vector<uint8_t> hides_;  // by entry of slots_
  nn::Buffer positions_, geometry_;
  ObjectField::Activations activations_;
};

}  // namespace sanerf::mask_aggregator
