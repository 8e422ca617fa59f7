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
  SessionVote(SegmentationInput input, std::shared_ptr<IgnoredViews> ignored);

  // The rays of the vote. Does nothing the second time. Throws InterruptedError.
  void Trace(const Job& job);
  // The masks as labels, without a vote of theirs; ignored pixels get none. missed: where views that have no mask of an
  // object say nothing. Throws InterruptedError.
  void Paint(const LabeledObjects& objects, MissedPlace missed, const Job& job);
  // And what they vote. Throws InterruptedError.
  void Count(const LabeledObjects& objects, MissedPlace missed, const Job& job);

  const std::vector<ImageU8>& labels() const { return labels_; }  // by view: of the masks that were painted last
  std::shared_ptr<const mask_aggregator::LabelPrior> Prior() const { return vote_->Prior(); }  // after Count
  // Of every mask in use: how well it agrees with what the other views vote. After Count of these masks; empty else,
  // and views that no other knows are left out. Throws InterruptedError.
  std::vector<MaskAgreement> Agreements(const LabeledObjects& objects, const Job& job) const;

  // The traced rays, to count votes of other masks on: what was counted here is forgotten.
  mask_aggregator::LabelVote* Lend(const Job& job);

 private:
  using Masks = std::vector<std::shared_ptr<const mask_decoder::DecodedObject>>;

  SegmentationInput input_;  // without SAM
  std::shared_ptr<IgnoredViews> ignored_;
  std::unique_ptr<mask_aggregator::LabelVote> vote_;
  Masks painted_;                // the masks that `labels_` shows
  std::vector<ImageU8> labels_;  // by view
  Masks counted_;                // the masks whose votes are counted
};

}  // namespace sanerf::segmentation
