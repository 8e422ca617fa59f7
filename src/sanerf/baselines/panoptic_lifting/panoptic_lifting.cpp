#include "sanerf/baselines/panoptic_lifting/panoptic_lifting.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "sanerf/baselines/panoptic_lifting/panoptic_trainer.h"
#include "sanerf/core/options.h"

namespace sanerf::baselines {
namespace {
constexpr char kPanopticStage[] = "panoptic_lifting";
}

PanopticLifting::PanopticLifting(segmentation::SegmentationInput input, std::vector<segmentation::FoundMask> masks,
                                 const PanopticLiftingOptions& options, uint64_t seed)
    : LiftSegmenter(std::move(input), std::move(masks),
                    {"panoptic lifting", kPanopticStage, options.lift, options.slots}, seed),
      options_(options) {
  CheckOptions(options_, kPanopticStage);
}

LiftSegmenter::StepFunction PanopticLifting::TrainingOf(const SegmentRays& rays,
                                                        mask_aggregator::ObjectField* field) const {
  const auto trainer = std::make_shared<PanopticTrainer>(rays, options_, seed(), field);
  return [trainer](int step) { return trainer->Step(step); };
}

int PanopticLifting::FindObjects(const SegmentRays& rays, const mask_aggregator::ObjectField& field, const Job&) {
  const std::vector<int> slots = SlotsInUse(rays, field, options_.min_rays);
  object_of_slot_.assign(size_t(options_.slots), -1);
  for (size_t i = 0; i < slots.size(); ++i) object_of_slot_[size_t(slots[i])] = int(i);
  return int(slots.size());
}

int PanopticLifting::ObjectOf(const float* logits) const {
  return object_of_slot_[size_t(std::max_element(logits, logits + options_.slots) - logits)];
}

}  // namespace sanerf::baselines
