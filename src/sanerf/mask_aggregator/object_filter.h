// Objects taken out of a scene while its rays are traced, so that what stands behind them shows; or everything but the
// objects, so that they stand alone.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sanerf/mask_aggregator/label_source.h"
#include "sanerf/mask_aggregator/ray_compositor.h"
#include "sanerf/nerf/sample_filter.h"

namespace sanerf::mask_aggregator {

// What becomes of samples that are too thin to ask whose they are.
enum class Surroundings : uint8_t { kStay, kGo };

class ObjectFilter : public nerf::SampleFilter {
 public:
  // is_hidden: by label, of all sources together. With kStay what follows a hidden surface closely is hidden with it.
  ObjectFilter(std::vector<LabelSource> sources, std::vector<bool> is_hidden, Surroundings surroundings);

  void Begin(int num_rays) override;
  void Filter(const nerf::SampleColumns& samples, std::span<float> sigma) override;

 private:
  // Which samples are dense enough to matter, and whether they belong to what is hidden.
  void Classify(const nerf::SampleColumns& samples, std::span<const float> sigma);

  const std::vector<LabelSource> sources_;
  const std::vector<bool> is_hidden_;
  const Surroundings surroundings_;
  RayCompositor compositor_;
  std::vector<float> reach_;  // by ray: up to here all is the inside of something hidden
  std::vector<size_t> dense_;
  std::vector<uint8_t> hides_;  // by entry of dense_
};

}  // namespace sanerf::mask_aggregator
