// A run opened for segmenting. What does not depend on the prompts is loaded and traced once; then a click costs only
// what it changes. `segment` goes through it once, a program with a window again and again:
//
//   SegmentSession session(...);          rays traced: before the first click
//   session.Decode(prompt);               2D masks of an object in all views, by SAM
//   session.Look();                       decoded again with what the views say about each other
//   session.Vote().Render(camera);        the first answer, without optimisation
//   session.Fit(…);                       the object field, from the vote on
//   session.Refine(prompt, 12);           a further click: a few views are decoded again
//   session.Fit(…);                       the field goes on from where it stands
#pragma once

#include <memory>
#include <ostream>
#include <set>
#include <vector>

#include "sanerf/mask_aggregator/label_vote.h"
#include "sanerf/mask_aggregator/object_model.h"
#include "sanerf/mask_aggregator/object_trainer.h"
#include "sanerf/mask_decoder/mask_decoder.h"
#include "sanerf/segmentation/options.h"

namespace sanerf {

class SegmentSession {
 public:
  // views: of the scene, all in the container; masks are made and aggregated in these. The references must outlive the
  // session.
  SegmentSession(const Scene& scene, const NerfModel& nerf, const FeatureContainer& container, Sam& sam,
                 std::vector<int> views, const SegmentationOptions& options);

  // SAM is asked in these views only, some of the session's; in the others objects keep the masks they have.
  void AskOnlyIn(std::vector<int> views) { asked_ = std::move(views); }

  // Objects of an earlier session in the order of their labels, before anything else; all their masks are in views of
  // this one. field: to go on from; null = only their masks are kept.
  void StartFrom(const Prompts& prompts, std::vector<DecodedObject> objects, const ObjectModel* field);

  // Masks of an object in all views, or those of AskOnlyIn. By name: a new label, or new prompts for an object that is
  // there; its masks so far are then shown to SAM beside them. Throws what DecodeMasks throws; the session is then as
  // it was.
  const DecodedObject& Decode(const ObjectPrompt& object);
  // A quick correction of an object that is there: only views that see what the new prompts say are decoded again, at
  // most max_views of them; others that see it have no say until Decode.
  void Refine(const ObjectPrompt& object, int max_views);
  // Second looks at the objects decoded since the last Fit; then their masks get sharp outlines.
  void Look();

  // What all masks say together, without optimisation.
  ObjectModel Vote();
  // The object field fitted to the masks; from the vote or, after an earlier Fit or StartFrom, from where it stands.
  // Throws Error when no view has a mask, InterruptedError.
  void Fit(const ObjectTrainer::Schedule& schedule, const Job& job);
  ObjectTrainer::Schedule FirstFit() const;  // by the options
  ObjectTrainer::Schedule FurtherFit() const;
  bool has_field() const { return has_field_; }

  ObjectModel Model() const { return trainer_->Model(); }  // shares the field with the session
  ObjectModel Finish() { return trainer_->Finish(); }      // the last call
  ObjectTrainer& trainer() { return *trainer_; }

  const Prompts& prompts() const { return prompts_; }
  const std::vector<DecodedObject>& objects() const { return objects_; }  // object i has label i + 1
  const std::vector<int>& views() const { return views_; }

 private:
  size_t IndexOf(const ObjectPrompt& object) const;  // where it is, or would be
  // Where views see prompts that the object did not have before.
  struct NewSights {
    std::vector<int> views;
    std::set<int> clicked;  // those of them that the prompts were given in
  };
  NewSights FindNewSights(const ObjectPrompt& object, const DecodedObject& before, const std::vector<int>& views);
  // Adds the rows of the session's other views as they were; masks older than a prompt that they see have no say.
  void KeepOtherViews(const DecodedObject& before, const std::vector<int>& seeing_new, DecodedObject* decoded) const;
  void Enter(size_t index, const ObjectPrompt& prompt, DecodedObject decoded);
  DecodeContext Context() const { return {scene_, container_, sam_, nerf_.model_from_file(), options_.masks}; }
  void SharpenMasks();  // those that are not sharp yet
  void CountVotes();

  const Scene& scene_;
  const NerfModel& nerf_;
  const FeatureContainer& container_;
  Sam& sam_;
  SegmentationOptions options_;
  std::vector<int> views_, asked_;
  Prompts prompts_;
  std::vector<DecodedObject> objects_;
  std::vector<size_t> fresh_;  // decoded since the last Fit
  std::unique_ptr<LabelVote> vote_;
  std::unique_ptr<ObjectTrainer> trainer_;
  std::vector<ImageU8> labels_;  // by view, as last counted
  bool has_field_ = false, is_counted_ = false;
};

}  // namespace sanerf
