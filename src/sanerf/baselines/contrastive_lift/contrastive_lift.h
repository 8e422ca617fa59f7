// Contrastive Lift (Bhalgat et al., NeurIPS 2023) on SAM's automatic masks and our frozen radiance field: a field of
// embeddings, taught within each view that rays of one 2D segment are alike and others not, and clustered afterwards.
// It finds the objects by itself (the paper's Table C.2).
#pragma once

#include <memory>
#include <vector>

#include "sanerf/baselines/contrastive_lift/embedding_clusters.h"
#include "sanerf/baselines/lift_segmenter.h"

namespace sanerf::baselines {

// Its objects are the clusters, those with most training points around their center first. Fit throws Error also when
// there is no cluster.
class ContrastiveLift : public LiftSegmenter {
 public:
  // Throws UsageError for options out of range.
  ContrastiveLift(segmentation::SegmentationInput input, std::vector<segmentation::FoundMask> masks,
                  const ContrastiveLiftOptions& options, uint64_t seed);

 private:
  StepFunction TrainingOf(const SegmentRays& rays, mask_aggregator::ObjectField* field) const override;
  int FindObjects(const SegmentRays& rays, const mask_aggregator::ObjectField& field, const Job& job) override;
  int ObjectOf(const float* embedding) const override { return clusters_->Nearest(embedding); }

  ContrastiveLiftOptions options_;
  std::unique_ptr<EmbeddingClusters> clusters_;
};

}  // namespace sanerf::baselines
