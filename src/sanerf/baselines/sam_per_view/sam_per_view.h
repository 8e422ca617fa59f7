// SAM alone: the same prompts, projected into each view and decoded there; no view knows of another (the paper's row
// "SAM", the mask decoder without the aggregator).
#pragma once

#include <utility>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/mask_decoder/per_view_decoder.h"
#include "sanerf/segmentation/segmentation_input.h"
#include "sanerf/segmentation/segmenter.h"

namespace sanerf::baselines {

class SamPerView : public segmentation::Segmenter {
 public:
  // input.features holds the views to be segmented and PromptedViews.
  SamPerView(segmentation::SegmentationInput input, const mask_decoder::MaskDecoderOptions& options)
      : input_(std::move(input)), options_(options) {}

  void Fit(const mask_decoder::Prompts& prompts, const Job& job) override;
  // PerViewDecoder's masks at the photo's size. Throws Error when the view is not in the container.
  std::vector<ImageU8> MasksFor(int view_idx, const Job& job) override;

 private:
  segmentation::SegmentationInput input_;
  mask_decoder::MaskDecoderOptions options_;
  std::vector<mask_decoder::PerViewDecoder> objects_;
};

}  // namespace sanerf::baselines
