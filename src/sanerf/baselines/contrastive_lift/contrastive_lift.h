// Contrastive Lift (Bhalgat et al., NeurIPS 2023) on SAM's automatic masks and our frozen radiance field: a field of
// embeddings, taught within each view that rays of one 2D segment are alike and others not, and clustered afterwards.
// It finds the objects by itself (the paper's Table C.2).
#pragma once

#include <memory>
#include <vector>

#include "sanerf/baselines/contrastive_lift/embedding_clusters.h"
#include "sanerf/core/job.h"
#include "sanerf/mask_aggregator/object_field.h"
#include "sanerf/segmentation/automatic/mask_overlaps.h"
#include "sanerf/segmentation/segmentation_input.h"
#include "sanerf/segmentation/segmenter.h"

namespace sanerf::baselines {

class ContrastiveLift : public segmentation::Segmenter {
 public:
  // masks: SAM's automatic masks of some of input.views, which may overlap. Throws UsageError for options out of range.
  ContrastiveLift(segmentation::SegmentationInput input, std::vector<segmentation::FoundMask> masks,
                  const ContrastiveLiftOptions& options, uint64_t seed);

  // Takes no prompts. Trains and clusters; throws Error when there is nothing to learn from or no cluster,
  // InterruptedError.
  void Fit(const mask_decoder::Prompts& prompts, const Job& job) override;
  // Of every cluster, those with most training points around their center first.
  std::vector<ImageU8> MasksFor(int view_idx, const Job& job) override;

 private:
  segmentation::SegmentationInput input_;
  std::vector<segmentation::FoundMask> masks_;
  ContrastiveLiftOptions options_;
  uint64_t seed_;
  std::unique_ptr<mask_aggregator::ObjectField> field_;
  std::unique_ptr<EmbeddingClusters> clusters_;
};

}  // namespace sanerf::baselines
