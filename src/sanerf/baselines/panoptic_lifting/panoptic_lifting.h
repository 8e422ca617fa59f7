// Panoptic Lifting (Siddiqui et al., CVPR 2023) on SAM's automatic masks and our frozen radiance field: a field of
// label probabilities, taught by 2D segments whose labels are settled anew in every step by linear assignment. It finds
// the objects by itself (the paper's Table C.2).
#pragma once

#include <vector>

#include "sanerf/baselines/lift_segmenter.h"
#include "sanerf/baselines/options.h"

namespace sanerf::baselines {

// Its objects are the slots that the training views use, those with the largest share of them first.
class PanopticLifting : public LiftSegmenter {
 public:
  // Throws UsageError for options out of range.
  PanopticLifting(segmentation::SegmentationInput input, std::vector<segmentation::FoundMask> masks,
                  const PanopticLiftingOptions& options, uint64_t seed);

 private:
  StepFunction TrainingOf(const SegmentRays& rays, mask_aggregator::ObjectField* field) const override;
  int FindObjects(const SegmentRays& rays, const mask_aggregator::ObjectField& field, const Job& job) override;
  int ObjectOf(const float* logits) const override;

  PanopticLiftingOptions options_;
  std::vector<int> object_of_slot_;  // -1: in no use
};

}  // namespace sanerf::baselines
