#include "sanerf/segmentation/session_field.h"

#include <algorithm>

#include "sanerf/core/error.h"

namespace sanerf::segmentation {

using mask_aggregator::ObjectTrainer;

namespace {

bool StartsWith(const std::vector<ObjectId>& ids, const std::vector<ObjectId>& first) {
  return ids.size() >= first.size() && std::equal(first.begin(), first.end(), ids.begin());
}

}  // namespace

SessionField::SessionField(SegmentationInput input, const SegmentationOptions& options,
                           std::shared_ptr<IgnoredViews> ignored)
    : input_(std::move(input)), options_(options), ignored_(std::move(ignored)) {
  input_.sam.reset();
}

void SessionField::StartFrom(std::vector<ObjectId> ids, mask_aggregator::ObjectModel field) {
  start_ids_ = std::move(ids);
  start_ = std::move(field);
}

void SessionField::Trace(const Job& job) {
  if (trainer_) return;
  auto trainer = std::make_unique<ObjectTrainer>(input_.nerf, input_.WorkingCameras(), options_.object, job);
  trainer->Ignore(ignored_->Read(job));
  trainer_ = std::move(trainer);
}

bool SessionField::IsFitted(const PromptEdits& edits) const { return fit_ && fit_->masks == edits.Labeled().masks; }

// A field may learn further labels, not forget some.
bool SessionField::GoesOn(const PromptEdits& edits) const {
  return fit_ && fit_->num_rewinds == edits.num_rewinds() && StartsWith(edits.Labeled().ids, fit_->ids);
}

bool SessionField::StartsFromField(const PromptEdits& edits) const {
  return !GoesOn(edits) && start_ && StartsWith(edits.Labeled().ids, start_ids_);
}

ObjectTrainer::Schedule SessionField::NextSchedule(const PromptEdits& edits) const {
  if (!GoesOn(edits) && !StartsFromField(edits)) return {options_.object.iters, 1};
  return {options_.segment.further_iters, options_.segment.further_rate};
}

int SessionField::StepsLeft(const PromptEdits& edits) const {
  return IsFitted(edits) ? std::max(0, fit_->schedule.steps - fit_->step) : NextSchedule(edits).steps;
}

void SessionField::Forget() {
  fit_.reset();
  trainer_->StartAgain();
}

void SessionField::SetMasks(const PromptEdits& edits, const std::vector<ImageU8>& labels,
                            std::shared_ptr<const mask_aggregator::LabelPrior> prior,
                            const std::vector<mask_aggregator::ViewTrust>& trust, const Job& job) {
  Trace(job);
  if (fit_ && !GoesOn(edits)) Forget();
  if (StartsFromField(edits)) trainer_->StartFrom(*start_);
  const LabeledObjects objects = edits.Labeled();
  trainer_->Trust(trust);
  try {
    trainer_->SetMasks(labels, int(objects.masks.size()) + 1, std::move(prior), job);
  } catch (...) {
    if (!fit_) Forget();  // it may have been given the start
    throw;
  }
  fit_ = Fit{objects.masks,       objects.ids, edits.num_rewinds(),
             NextSchedule(edits), 0,           GoesOn(edits) ? fit_->total_steps : 0};
}

void SessionField::Train(int n, const Job& job) {
  const auto count_step = [this] {
    ++fit_->step;
    ++fit_->total_steps;
  };
  try {
    trainer_->Train(fit_->schedule, fit_->step, n, count_step, job);
  } catch (const InterruptedError&) {
    throw;  // between steps
  } catch (...) {
    Forget();  // its weights cannot be trusted
    throw;
  }
}

mask_aggregator::ObjectModel SessionField::Finish() {
  mask_aggregator::ObjectModel model = trainer_->Finish();
  trainer_.reset();
  fit_.reset();
  return model;
}

}  // namespace sanerf::segmentation
