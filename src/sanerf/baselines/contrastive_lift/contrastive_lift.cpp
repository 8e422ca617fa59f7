#include "sanerf/baselines/contrastive_lift/contrastive_lift.h"

#include <fmt/format.h>

#include "sanerf/baselines/contrastive_lift/contrastive_trainer.h"
#include "sanerf/baselines/object_masks.h"
#include "sanerf/core/check.h"
#include "sanerf/core/error.h"
#include "sanerf/core/job.h"
#include "sanerf/core/options.h"
#include "sanerf/core/phrases.h"

namespace sanerf::baselines {
namespace {
constexpr char kContrastiveStage[] = "contrastive_lift";
}

ContrastiveLift::ContrastiveLift(segmentation::SegmentationInput input, std::vector<segmentation::FoundMask> masks,
                                 const ContrastiveLiftOptions& options, uint64_t seed)
    : input_(std::move(input)), masks_(std::move(masks)), options_(options), seed_(seed) {
  CheckOptions(options_, kContrastiveStage);
}

void ContrastiveLift::Fit(const mask_decoder::Prompts& prompts, const Job& job) {
  SANERF_CHECK(prompts.objects.empty());
  CheckLiftMemory(kContrastiveStage, options_.lift, options_.dims, input_, job);
  const SegmentRays rays = TraceSegments(input_, masks_, options_.lift, seed_, job);
  field_ = std::make_unique<mask_aggregator::ObjectField>(options_.lift.field, options_.dims, seed_,
                                                          mask_aggregator::ObjectField::Start::kRandom);
  {
    ContrastiveTrainer trainer(rays, options_, seed_, field_.get());
    RunSteps(
        "contrastive lift", kContrastiveStage, options_.lift.iters, [&](int step) { return trainer.Step(step); }, job);
  }
  clusters_ = std::make_unique<EmbeddingClusters>(options_.dims, FieldOutputs(*field_).Of(rays.pool, rays.AllRays()),
                                                  options_.clusters, seed_, job);
  job.Info("contrastive lift: " + Counted(clusters_->num_clusters(), "object"));
}

std::vector<ImageU8> ContrastiveLift::MasksFor(int view_idx, const Job& job) {
  SANERF_CHECK(clusters_ != nullptr);
  const auto object_of = [&](const float* embedding) { return clusters_->Nearest(embedding); };
  return MasksOfOutputs(input_.nerf, input_.scene->views.at(size_t(view_idx)).camera,
                        {*field_, clusters_->num_clusters(), object_of}, job);
}

}  // namespace sanerf::baselines
