#include "sanerf/baselines/contrastive_lift/contrastive_lift.h"

#include <utility>

#include "sanerf/baselines/contrastive_lift/contrastive_trainer.h"
#include "sanerf/core/options.h"

namespace sanerf::baselines {
namespace {
constexpr char kContrastiveStage[] = "contrastive_lift";
}

ContrastiveLift::ContrastiveLift(segmentation::SegmentationInput input, std::vector<segmentation::FoundMask> masks,
                                 const ContrastiveLiftOptions& options, uint64_t seed)
    : LiftSegmenter(std::move(input), std::move(masks),
                    {"contrastive lift", kContrastiveStage, options.lift, options.dims}, seed),
      options_(options) {
  CheckOptions(options_, kContrastiveStage);
}

LiftSegmenter::StepFunction ContrastiveLift::TrainingOf(const SegmentRays& rays,
                                                        mask_aggregator::ObjectField* field) const {
  const auto trainer = std::make_shared<ContrastiveTrainer>(rays, options_, seed(), field);
  return [trainer](int step) { return trainer->Step(step); };
}

int ContrastiveLift::FindObjects(const SegmentRays& rays, const mask_aggregator::ObjectField& field, const Job& job) {
  const std::vector<float> embeddings = mask_aggregator::FieldReader(field).Outputs(rays.pool, rays.AllRays());
  clusters_ = std::make_unique<EmbeddingClusters>(options_.dims, embeddings, options_.clusters, seed(), job);
  return clusters_->num_clusters();
}

}  // namespace sanerf::baselines
