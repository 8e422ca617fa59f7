// Second looks, round after round, at the objects of a session.
#pragma once

#include <vector>

#include "sanerf/mask_aggregator/label_vote.h"
#include "sanerf/mask_decoder/mask_decoder.h"
#include "sanerf/pipeline/settings.h"

namespace sanerf {

// One image per view of `views`: 0 = background, i + 1 = objects[i], kIgnoreLabel; empty where no object has a mask.
std::vector<ImageU8> LabelsByView(const std::vector<DecodedObject>& objects, const std::vector<int>& views,
                                  const FeatureContainer& container);

// The same for many objects, of which most views miss some: boxes around their places would leave no background. An
// object that has no mask in a view is unknown there only where the votes of the other views put it. Replaces the
// votes.
std::vector<ImageU8> LabelsByVotedPlace(const std::vector<DecodedObject>& objects, const std::vector<int>& views,
                                        const FeatureContainer& container, LabelVote* vote);

struct LookRequest {
  const Prompts& prompts;         // of the objects
  std::vector<size_t> which;      // objects whose masks may change; all of them vote
  const std::vector<int>& views;  // of the vote and, in this order, of every object
  bool by_voted_place = false;    // LabelsByVotedPlace instead of LabelsByView
  std::vector<int> asked = {};    // of `views`, those in which masks may change; empty = all
};

// How well the masks of all views fit each other.
struct ViewsAgreement {
  double coherence = 0;  // see Coherence
  double area = 0;       // of the masks: mean share of the view
  // Larger things agree better by their size alone: an outline that is off by a pixel is a smaller part of them. So the
  // band in which the views disagree, its width (1 - coherence) sqrt(area), must be narrower as well: three books in
  // a row are no better an answer than one because they share two sides. What agrees to less than a half is no answer
  // and any that agrees better is welcome.
  bool BetterThan(const ViewsAgreement& other) const;
};

// For each of the chosen objects: when the views agree better if all of them take the same number of SAM's candidates,
// they do. Objects whose masks were corrected by the user stay as they are. Replaces the votes. Throws
// InterruptedError.
void ChooseCandidates(const LookRequest& request, const Scene& scene, const Similarity& model_from_file,
                      const FeatureContainer& container, Sam& sam, const Settings& settings, LabelVote* vote,
                      std::vector<DecodedObject>* objects);

// Counts the votes of all masks, decodes every view of the chosen objects again with what the others say (LookAgain),
// and repeats while the agreement rises, at most settings.segment.looks times. Throws UsageError for a negative number,
// InterruptedError.
void RepeatLooks(const LookRequest& request, const Scene& scene, const Similarity& model_from_file,
                 const FeatureContainer& container, Sam& sam, const Settings& settings, LabelVote* vote,
                 std::vector<DecodedObject>* objects);

}  // namespace sanerf
