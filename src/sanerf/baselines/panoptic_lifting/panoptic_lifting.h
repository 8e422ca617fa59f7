// Panoptic Lifting (Siddiqui et al., CVPR 2023) on SAM's automatic masks and our frozen radiance field: a field of
// label probabilities, taught by 2D segments whose labels are settled anew in every step by linear assignment. It finds
// the objects by itself (the paper's Table C.2).
#pragma once

#include <memory>
#include <vector>

#include "sanerf/baselines/options.h"
#include "sanerf/core/job.h"
#include "sanerf/mask_aggregator/object_field.h"
#include "sanerf/segmentation/automatic/mask_overlaps.h"
#include "sanerf/segmentation/segmentation_input.h"
#include "sanerf/segmentation/segmenter.h"

namespace sanerf::baselines {

class PanopticLifting : public segmentation::Segmenter {
 public:
  // masks: SAM's automatic masks of some of input.views, which may overlap. Throws UsageError for options out of range.
  PanopticLifting(segmentation::SegmentationInput input, std::vector<segmentation::FoundMask> masks,
                  const PanopticLiftingOptions& options, uint64_t seed);

  // Takes no prompts. Trains; throws Error when there is nothing to learn from, InterruptedError.
  void Fit(const mask_decoder::Prompts& prompts, const Job& job) override;
  // Of every slot that the training views use, those with the largest share of them first.
  std::vector<ImageU8> MasksFor(int view_idx, const Job& job) override;

 private:
  segmentation::SegmentationInput input_;
  std::vector<segmentation::FoundMask> masks_;
  PanopticLiftingOptions options_;
  uint64_t seed_;
  std::unique_ptr<mask_aggregator::ObjectField> field_;
  std::vector<int> object_of_slot_;  // -1: in no use
  int num_objects_ = 0;
};

}  // namespace sanerf::baselines
