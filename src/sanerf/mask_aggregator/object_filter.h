// Objects taken out of a scene while its rays are traced, so that what stands behind them shows; or all but them.
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
  enum class Does : uint8_t { kHide, kKeep };
  // is_named: by label, of all sources together: which are hidden, or which alone are kept.
  ObjectFilter(std::vector<LabelSource> sources, std::vector<bool> is_named, Does does = Does::kHide);

  void Begin(int num_rays) override;
  void Filter(const nerf::SampleColumns& samples, std::span<float> sigma) override;

 private:
  // Which samples are dense enough to matter, and whether they belong to what is named.
  void Classify(const nerf::SampleColumns& samples, std::span<const float> sigma);

  const std::vector<LabelSource> sources_;
  const std::vector<bool> is_named_;
  const Does does_;
  RayCompositor compositor_;
  std::vector<float> reach_;  // by ray: up to here all is the inside of something named
  std::vector<size_t> dense_;
  std::vector<uint8_t> is_of_named_;  // by entry of dense_
};

}  // namespace sanerf::mask_aggregator
