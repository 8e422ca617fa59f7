// The method (paper, section 3) on a run: what the user says about objects, their masks in 2D, one field for all. A
// window and `segment` use the same session:
//
//   Session session({scene, nerf, features, sam, views}, options);
//   session.Prepare(job);                       rays traced: before the first click
//   ObjectId mug = session.AddObject(prompt);
//   session.Update(job);                        masks in all views
//   session.Snapshot(job).model->Render(cam);   the first answer, without optimization
//   session.Step(session.steps_left(), job);    the object field, from there on
//   session.AddPrompt(mug, ClickPrompt{...});   a correction
//   session.Update(job);                        only what has changed is decoded again
//   session.Step(...);                          the field goes on from where it stands
//   session.Undo();                             the prompts and masks as they were
//
// A call that throws, also one that was asked to stop, leaves the session as it was, but for Step, which keeps the
// steps that are complete: those that are missing later lead to the same bytes. One thread at a time; snapshots are for
// all.
#pragma once

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/mask_aggregator/object_model.h"
#include "sanerf/mask_decoder/mask_decoder.h"
#include "sanerf/segmentation/ignored_views.h"
#include "sanerf/segmentation/label_views.h"
#include "sanerf/segmentation/options.h"
#include "sanerf/segmentation/scene_prompts.h"
#include "sanerf/segmentation/segmentation_input.h"
#include "sanerf/segmentation/session_field.h"
#include "sanerf/segmentation/session_vote.h"

namespace sanerf::segmentation {

// A session at one moment. Does not change when the session goes on; may be read and rendered by other threads.
struct SessionSnapshot {
  enum class Answer { kNone, kVote, kField };

  LabeledObjects objects;
  Answer answer = Answer::kNone;                      // what `model` is; none without masks
  std::optional<mask_aggregator::ObjectModel> model;  // with weights of its own
  int64_t steps = 0;                                  // that the field has taken since it was begun
};

// What the user says is ScenePrompts'. A field that was fitted to other masks than those that Undo brings back is begun
// anew by the next Step: it would remember what was undone.
class Session : public ScenePrompts {
 public:
  // prompted: SAM is prompted in these of the views only, in others masks stay; empty = in all.
  Session(SegmentationInput input, const SegmentationOptions& options, std::vector<int> prompted = {});

  // Objects of an earlier session in the order of their labels, before anything else; all their masks are in views of
  // this one. field: to go on from; none = only their masks are kept.
  void StartFrom(const mask_decoder::Prompts& prompts, std::vector<mask_decoder::DecodedObject> objects,
                 std::optional<mask_aggregator::ObjectModel> field);

  // Objects that a search has found (TieTogether), before anything else: their masks are those of each view by itself.
  // Pixels belong to the smallest object that claims them, and of the objects that a view misses only those places are
  // left out that the other views vote for.
  void StartFromSearch(const mask_decoder::Prompts& prompts, std::vector<mask_decoder::DecodedObject> objects);

  // A field of objects (in the order of its labels) that the session did not fit, to go on from: with SetEdits.
  void SetStart(std::vector<ObjectId> ids, mask_aggregator::ObjectModel field);

  // ---- The method. Long calls.

  // What does not depend on prompts: rays traced for the field, and for the vote where the options use it. Does nothing
  // the second time.
  void Prepare(const Job& job);
  // Of that only what a first answer needs: the rays that votes are counted on.
  void PrepareVote(const Job& job);
  // Masks of what has changed: Decode in all views, then Refine.
  void Update(const Job& job);
  // Masks of the objects whose prompts have changed, each view by itself. max_views > 0: at most so many views, until
  // Update; where prompts were only added, of those that see them, and others that see them are ignored; else those
  // that see the object best and most differently, and their masks are taken over by Update.
  void Decode(int max_views, const Job& job);
  // Those masks again with what the views say about each other; then their outlines are sharpened.
  void Refine(const Job& job);
  // n optimizer steps of the object field, fitted to the masks as they are: from what they vote or, when an earlier
  // field knows the same objects, from where it stands. Throws Error when no view has a mask.
  void Step(int n, const Job& job);
  // Of the schedule that the options give: a first one, or a shorter one for a field that goes on. Further steps keep
  // its last learning rate.
  int steps_left() const { return field_.StepsLeft(edits_); }
  // The field where it has been fitted to the masks as they are; else what they vote.
  SessionSnapshot Snapshot(const Job& job);
  // Of every mask in use: how well it agrees with what the other views vote. After a Snapshot that was a vote; empty
  // else, and views that no other knows are left out.
  std::vector<MaskAgreement> Agreements(const Job& job) const { return vote_.Agreements(edits_.Labeled(), job); }
  // The last call: the same, without a copy of the weights; what training needs is released.
  SessionSnapshot Finish(const Job& job);
  // All of it once, for objects that do not change any more: Prepare, Update, for a field every step of the schedule,
  // Finish.
  SessionSnapshot Run(SessionSnapshot::Answer wanted, const Job& job);
  // No masks are made after this: the memory of the model, unless others share it.
  void ReleaseSam() { input_.sam.reset(); }

 private:
  enum class Source { kPrompts, kSearch };

  // Which steps the masks go through, and how: what the user meant is decoded otherwise than what a search found.
  struct Steps {
    int rounds = 0;
    bool one_candidate = false, sharpen = false, separate = false, from_vote = false;
    MissedPlace missed = MissedPlace::kBox;
  };
  static Steps StepsFor(Source source, const SegmentationOptions& options);

  void Start(const mask_decoder::Prompts& prompts, std::vector<mask_decoder::DecodedObject> objects, MaskState state);
  mask_decoder::DecodeContext Context() const;
  std::vector<size_t> PositionsOf(MaskState state) const;
  void Replace(const std::vector<ObjectId>& ids, std::vector<mask_decoder::DecodedObject> masks,
               const std::vector<size_t>& refined);
  void SharpenMasks(const Job& job);  // those that are not sharp yet
  void CountVotes(const Job& job);
  void FitMasks(const Job& job);
  std::shared_ptr<const mask_aggregator::LabelSupport> SupportOf(const mask_aggregator::ObjectModel& model,
                                                                 const Job& job);
  SessionSnapshot Describe() const;

  SegmentationInput input_;
  std::vector<int> prompted_;
  SegmentationOptions options_;
  Steps steps_;
  std::shared_ptr<IgnoredViews> ignored_;
  SessionVote vote_;
  SessionField field_;
};

}  // namespace sanerf::segmentation
