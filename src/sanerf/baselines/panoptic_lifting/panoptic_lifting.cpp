#include "sanerf/baselines/panoptic_lifting/panoptic_lifting.h"

#include <fmt/format.h>

#include <algorithm>

#include "sanerf/baselines/object_masks.h"
#include "sanerf/baselines/panoptic_lifting/panoptic_trainer.h"
#include "sanerf/core/check.h"
#include "sanerf/core/error.h"
#include "sanerf/core/job.h"
#include "sanerf/core/options.h"
#include "sanerf/core/phrases.h"

namespace sanerf::baselines {
namespace {
constexpr char kPanopticStage[] = "panoptic_lifting";
}

PanopticLifting::PanopticLifting(segmentation::SegmentationInput input, std::vector<segmentation::FoundMask> masks,
                                 const PanopticLiftingOptions& options, uint64_t seed)
    : input_(std::move(input)), masks_(std::move(masks)), options_(options), seed_(seed) {
  CheckOptions(options_, kPanopticStage);
}

void PanopticLifting::Fit(const mask_decoder::Prompts& prompts, const Job& job) {
  SANERF_CHECK(prompts.objects.empty());
  CheckLiftMemory(kPanopticStage, options_.lift, options_.slots, input_, job);
  const SegmentRays rays = TraceSegments(input_, masks_, options_.lift, seed_, job);
  field_ = std::make_unique<mask_aggregator::ObjectField>(options_.lift.field, options_.slots, seed_,
                                                          mask_aggregator::ObjectField::Start::kRandom);
  {
    PanopticTrainer trainer(rays, options_, seed_, field_.get());
    RunSteps(
        "panoptic lifting", kPanopticStage, options_.lift.iters, [&](int step) { return trainer.Step(step); }, job);
  }
  const std::vector<int> slots = SlotsInUse(rays, *field_, options_.min_rays);
  object_of_slot_.assign(size_t(options_.slots), -1);
  for (size_t i = 0; i < slots.size(); ++i) object_of_slot_[size_t(slots[i])] = int(i);
  num_objects_ = int(slots.size());
  job.Info("panoptic lifting: " + Counted(num_objects_, "object"));
}

std::vector<ImageU8> PanopticLifting::MasksFor(int view_idx, const Job& job) {
  SANERF_CHECK(field_ != nullptr);
  const int num_slots = options_.slots;
  const auto object_of = [&](const float* logits) {
    return object_of_slot_[size_t(std::max_element(logits, logits + num_slots) - logits)];
  };
  return MasksOfOutputs(input_.nerf, input_.scene->views.at(size_t(view_idx)).camera,
                        {*field_, num_objects_, object_of}, job);
}

}  // namespace sanerf::baselines
