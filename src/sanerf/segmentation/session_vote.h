// What the masks of all objects of a session say together: painted as one label image per view, and their votes,
// counted on rays of these views that are traced once. Both are made again only for other masks.
#pragma once

#include <memory>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/mask_aggregator/label_vote.h"
#include "sanerf/segmentation/ignored_views.h"
#include "sanerf/segmentation/label_views.h"
#include "sanerf/segmentation/prompt_edits.h"
#include "sanerf/segmentation/segmentation_input.h"

namespace sanerf::segmentation {

// Of an object's mask in a view with what the others say, [0, 1].
struct MaskAgreement {
  ObjectId object;
  int view_idx;
  double value;
};

class SessionVote {
 public:
  // view_trust: segment.view_trust.
  SessionVote(SegmentationInput input, std::shared_ptr<IgnoredViews> ignored, double view_trust = 0);

  // The rays of the vote. Does nothing the second time. Throws InterruptedError.
  void Trace(const Job& job);
  // The masks as labels, without a vote of theirs; ignored pixels get none. missed: where views that have no mask of an
  // object say nothing. Throws InterruptedError.
  void Paint(const LabeledObjects& objects, MissedPlace missed, const Job& job);
  // How far each view is trusted about the masks that were painted last; empty = all alike.
  const std::vector<mask_aggregator::ViewTrust>& trust() const { return trust_; }
  // And what they vote. Throws InterruptedError.
  void Count(const LabeledObjects& objects, MissedPlace missed, const Job& job);

  const std::vector<ImageU8>& labels() const { return labels_; }  // by view: of the masks that were painted last
  std::shared_ptr<const mask_aggregator::LabelPrior> Prior() const { return vote_->Prior(); }  // after Count
  // Of every mask in use: how well it agrees with what the other views vote. After Count of these masks; empty else,
  // and views that no other knows are left out. Throws InterruptedError.
  std::vector<MaskAgreement> Agreements(const LabeledObjects& objects, const Job& job) const;

  // What is counted, after Count.
  const mask_aggregator::LabelVote& counted() const { return *vote_; }

  // The traced rays, to count votes of other masks of these objects on: what was counted here is forgotten.
  mask_aggregator::LabelVote* Lend(const LabeledObjects& objects, const Job& job);

 private:
  using Masks = std::vector<std::shared_ptr<const mask_decoder::DecodedObject>>;

  void Weigh(const Masks& masks, const Job& job);

  SegmentationInput input_;  // without SAM
  std::shared_ptr<IgnoredViews> ignored_;
  double view_trust_;
  std::unique_ptr<mask_aggregator::LabelVote> vote_;
  Masks painted_;                // the masks that `labels_` shows
  std::vector<ImageU8> labels_;  // by view
  Masks counted_;                // the masks whose votes are counted
  Masks weighed_;                // the masks around which the views were compared with the field
  std::vector<mask_aggregator::ViewTrust> trust_;
};

}  // namespace sanerf::segmentation
