// The object field of a session, in training while the masks change. It goes on when masks change or objects join; it
// begins anew when something was undone, because it would remember that, and when an object is gone, because its labels
// are dealt anew. Either way the same edits and steps lead to the same bytes.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/mask_aggregator/label_prior.h"
#include "sanerf/mask_aggregator/object_model.h"
#include "sanerf/mask_aggregator/object_trainer.h"
#include "sanerf/segmentation/ignored_views.h"
#include "sanerf/segmentation/options.h"
#include "sanerf/segmentation/prompt_edits.h"
#include "sanerf/segmentation/segmentation_input.h"

namespace sanerf::segmentation {

class SessionField {
 public:
  SessionField(SegmentationInput input, const SegmentationOptions& options, std::shared_ptr<IgnoredViews> ignored);

  // A field of objects (in the order of its labels), to go on from where they are the first of those that are fitted.
  void StartFrom(std::vector<ObjectId> ids, mask_aggregator::ObjectModel field);
  // The rays that do not depend on masks. Does nothing the second time. Throws InterruptedError.
  void Trace(const Job& job);

  // Whether the field was last given the masks that the objects have now.
  bool IsFitted(const PromptEdits& edits) const;
  // What the schedule of those masks has left; of others, the steps of the schedule that they would get: a first one,
  // or a shorter one for a field that goes on.
  int StepsLeft(const PromptEdits& edits) const;
  // What to fit from now on: the masks of `edits` as label images by view. prior: what they vote, for a field that
  // starts from there; null = from nothing. trust: how far each view is trusted; empty = all alike. Throws what
  // ObjectTrainer::SetMasks throws; the field is as it was then.
  void SetMasks(const PromptEdits& edits, const std::vector<ImageU8>& labels,
                std::shared_ptr<const mask_aggregator::LabelPrior> prior,
                const std::vector<mask_aggregator::ViewTrust>& trust, const Job& job);
  // n steps of the schedule; further ones than it has keep its last learning rate. A call that is stopped keeps those
  // that are complete; after another error the field is forgotten.
  void Train(int n, const Job& job);

  int64_t num_steps() const { return fit_->total_steps; }                   // since it was begun; after SetMasks
  mask_aggregator::ObjectModel Model() const { return trainer_->Model(); }  // it changes when the field goes on
  mask_aggregator::ObjectModel CopyModel() const { return trainer_->CopyModel(); }
  mask_aggregator::ObjectModel Finish();  // the last call: what training needs is released

 private:
  // What the trainer was last given.
  struct Fit {
    std::vector<std::shared_ptr<const mask_decoder::DecodedObject>> masks;
    std::vector<ObjectId> ids;  // in the order of the labels
    int64_t num_rewinds;
    mask_aggregator::ObjectTrainer::Schedule schedule;
    int step = 0;  // of the schedule
    int64_t total_steps = 0;
  };

  bool GoesOn(const PromptEdits& edits) const;           // the trainer's field, with the objects as they are
  bool StartsFromField(const PromptEdits& edits) const;  // the one of StartFrom, when the trainer's cannot go on
  mask_aggregator::ObjectTrainer::Schedule NextSchedule(const PromptEdits& edits) const;
  void Forget();

  SegmentationInput input_;  // without SAM
  SegmentationOptions options_;
  std::shared_ptr<IgnoredViews> ignored_;
  std::optional<mask_aggregator::ObjectModel> start_;
  std::vector<ObjectId> start_ids_;
  std::unique_ptr<mask_aggregator::ObjectTrainer> trainer_;
  std::optional<Fit> fit_;
};

}  // namespace sanerf::segmentation
