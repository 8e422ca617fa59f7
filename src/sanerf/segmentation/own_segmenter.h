// The method itself as a Segmenter that starts from prompts, as `segment` does but without a run folder.
#pragma once

#include "sanerf/core/job.h"
#include "sanerf/mask_aggregator/object_model.h"
#include "sanerf/segmentation/automatic/automatic_field.h"
#include "sanerf/segmentation/options.h"
#include "sanerf/segmentation/segmentation_input.h"
#include "sanerf/segmentation/segmenter.h"

namespace sanerf::segmentation {

class OwnSegmenter : public Segmenter {
 public:
  // vote_alone: without the object field.
  OwnSegmenter(SegmentationInput input, const SegmentationOptions& options, bool vote_alone)
      : input_(std::move(input)), options_(options), vote_alone_(vote_alone) {}
  void Fit(const mask_decoder::Prompts& prompts, const Job& job) override;
  std::vector<ImageU8> MasksFor(int view_idx, const Job& job) override;

 private:
  SegmentationInput input_;
  SegmentationOptions options_;
  bool vote_alone_;
  std::optional<mask_aggregator::ObjectModel> model_;
};

// Without prompts: the objects of the automatic masks.
class OwnAutomaticSegmenter : public Segmenter {
 public:
  // masks: of the searched views; copied when fitted.
  OwnAutomaticSegmenter(SegmentationInput input, std::vector<int> searched, const std::vector<FoundMask>& masks,
                        const SegmentationOptions& options)
      : input_(std::move(input)), searched_(std::move(searched)), masks_(masks), options_(options) {}
  void Fit(const mask_decoder::Prompts& none, const Job& job) override;
  std::vector<ImageU8> MasksFor(int view_idx, const Job& job) override;

 private:
  SegmentationInput input_;
  std::vector<int> searched_;
  const std::vector<FoundMask>& masks_;
  SegmentationOptions options_;
  std::optional<mask_aggregator::ObjectModel> model_;
};

}  // namespace sanerf::segmentation
