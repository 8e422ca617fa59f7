// Objects taken out of a scene while its rays are traced: what stands behind them shows.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sanerf/mask_aggregator/label_source.h"
#include "sanerf/mask_aggregator/ray_compositor.h"
#include "sanerf/nerf/sample_filter.h"

namespace sanerf::mask_aggregator {

class ObjectFilter : public nerf::SampleFilter {
 public:
  // is_hidden: by label, of all sources together.
  ObjectFilter(std::vector<LabelSource> sources, std::vector<bool> is_hidden);

  void Begin(int num_rays) override;
  void Filter(const nerf::SampleColumns& samples, std::span<float> sigma) override;

 private:
  // Which samples are dense enough to matter, and whether they belong to what is hidden.
  void Classify(const nerf::SampleColumns& samples, std::span<const float> sigma);

  const std::vector<LabelSource> sources_;
  const std::vector<bool> is_hidden_;
  RayCompositor compositor_;
  std::vector<float> reach_;  // by ray: up to here all is the inside of something hidden
  std::vector<size_t> dense_;
  std::vector<uint8_t> hides_;  // by entry of dense_
};

}  // namespace sanerf::mask_aggregator
