#include "sanerf/baselines/panoptic_lifting/panoptic_lifting.h"

#include <fmt/format.h>

#include <algorithm>

#include "sanerf/baselines/object_masks.h"
#include "sanerf/baselines/panoptic_lifting/panoptic_trainer.h"
#include "sanerf/core/check.h"
#include "sanerf/core/error.h"
#include "sanerf/core/log.h"

namespace sanerf {
namespace {
constexpr char kStage[] = "panoptic_lifting";
}

void CheckOptions(const PanopticLiftingOptions& o) {
  CheckOptions(o.lift, kStage);
  const auto check = [&](bool is_fine, const char* name, double value, const char* why) {
    if (!is_fine) throw UsageError(fmt::format("{}.{}={:g}", kStage, name, value), why);
  };
  check(o.slots >= 2 && o.slots <= kMaxFieldOutputs, "slots", o.slots, "2 to 255 are possible");
  check(o.segments_from >= 0, "segments_from", o.segments_from, "must be a share of the steps, 0 or more");
  check(o.segments >= 1, "segments", o.segments, "at least one segment is needed");
  check(o.rays_per_segment >= 1, "rays_per_segment", o.rays_per_segment, "at least one ray is needed");
  check(o.segment_weight >= 0, "segment_weight", o.segment_weight, "must be 0 or more");
  check(o.min_rays >= 1, "min_rays", o.min_rays, "an object needs at least one ray");
}

PanopticLifting::PanopticLifting(const SegmenterInput& input, std::vector<FoundMask> masks,
                                 const PanopticLiftingOptions& options)
    : input_(input), masks_(std::move(masks)), options_(options) {
  CheckOptions(options_);
}

void PanopticLifting::Fit(const Prompts& prompts) {
  SANERF_CHECK(prompts.objects.empty());
  const SegmentRays rays = TraceSegments(input_, masks_, options_.lift);
  field_ = std::make_unique<ObjectField>(options_.lift.field, options_.slots, input_.seed, ObjectField::Start::kRandom);
  {
    PanopticTrainer trainer(rays, options_, input_.seed, field_.get());
    RunSteps("panoptic lifting", kStage, options_.lift.iters, [&](int step) { return trainer.Step(step); });
  }
  const std::vector<int> slots = SlotsInUse(rays, *field_, options_.min_rays);
  object_of_slot_.assign(size_t(options_.slots), -1);
  for (size_t i = 0; i < slots.size(); ++i) object_of_slot_[size_t(slots[i])] = int(i);
  num_objects_ = int(slots.size());
  LogInfo("panoptic lifting: {} objects", num_objects_);
}

std::vector<ImageU8> PanopticLifting::MasksFor(int view_idx) {
  SANERF_CHECK(field_ != nullptr);
  const int num_slots = options_.slots;
  return MasksOfOutputs(input_.nerf, *field_, input_.scene.views.at(size_t(view_idx)).camera, num_objects_,
                        [&](const float* logits) {
                          return object_of_slot_[size_t(std::max_element(logits, logits + num_slots) - logits)];
                        });
}

}  // namespace sanerf
