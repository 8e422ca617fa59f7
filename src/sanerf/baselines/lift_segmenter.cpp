#include "sanerf/baselines/lift_segmenter.h"

#include <utility>

#include "sanerf/baselines/field_fit.h"
#include "sanerf/baselines/object_masks.h"
#include "sanerf/core/check.h"
#include "sanerf/core/phrases.h"

namespace sanerf::baselines {

LiftSegmenter::LiftSegmenter(segmentation::SegmentationInput input, std::vector<segmentation::FoundMask> masks,
                             Method method, uint64_t seed)
    : input_(std::move(input)), masks_(std::move(masks)), method_(std::move(method)), seed_(seed) {}

void LiftSegmenter::Fit(const mask_decoder::Prompts& prompts, const Job& job) {
  SANERF_CHECK(prompts.objects.empty());
  CheckLiftMemory(method_.stage, method_.lift, method_.num_outputs, input_, job);
  const SegmentRays rays = TraceSegments(input_, masks_, method_.lift, seed_, job);
  field_ = std::make_unique<mask_aggregator::ObjectField>(method_.lift.field, method_.num_outputs, seed_,
                                                          mask_aggregator::ObjectField::Start::kRandom);
  RunSteps(method_.title, method_.stage, method_.lift.iters, TrainingOf(rays, field_.get()), job);
  num_objects_ = FindObjects(rays, *field_, job);
  job.Info(method_.title + ": " + Counted(num_objects_, "object"));
}

std::vector<ImageU8> LiftSegmenter::MasksFor(int view_idx, const Job& job) {
  SANERF_CHECK_GE(num_objects_, 0);
  return MasksOfOutputs(input_.nerf, input_.scene->views.at(size_t(view_idx)).camera,
                        {*field_, num_objects_, [this](const float* outputs) { return ObjectOf(outputs); }}, job);
}

}  // namespace sanerf::baselines
