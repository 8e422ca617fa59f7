// SAM alone: the same prompts, projected into each view and decoded there; no view knows of another (the paper's row
// "SAM", the mask decoder without the aggregator).
#pragma once

#include <memory>

#include "sanerf/core/job.h"
#include "sanerf/mask_decoder/per_view_decoder.h"
#include "sanerf/segmentation/segmenter.h"

namespace sanerf::baselines {

class SamPerView : public segmentation::Segmenter {
 public:
  // container: holds the views to be segmented and PromptedViews. scene must outlive this.
  SamPerView(const scene::Scene& scene, std::unique_ptr<feature_container::FeatureContainer> container,
             std::unique_ptr<sam::Sam> sam, const Similarity& model_from_file,
             const mask_decoder::MaskDecoderOptions& options)
      : scene_(scene),
        container_(std::move(container)),
        sam_(std::move(sam)),
        model_from_file_(model_from_file),
        options_(options) {}

  void Fit(const mask_decoder::Prompts& prompts, const Job& job) override;
  // PerViewDecoder's masks at the photo's size. Throws Error when the view is not in the container.
  std::vector<ImageU8> MasksFor(int view_idx, const Job& job) override;

 private:
  const scene::Scene& scene_;
  std::unique_ptr<feature_container::FeatureContainer> container_;
  std::unique_ptr<sam::Sam> sam_;
  Similarity model_from_file_;
  mask_decoder::MaskDecoderOptions options_;
  std::vector<mask_decoder::PerViewDecoder> objects_;
};

}  // namespace sanerf::baselines
