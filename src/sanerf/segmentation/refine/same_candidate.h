// One of SAM's candidates for all views: before the first refinement round, when the views agree better on the same
// number of SAM's candidates than on the ones with the highest score each. Not in the paper.
#pragma once

#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/mask_aggregator/label_vote.h"
#include "sanerf/segmentation/refine/refinement_rounds.h"

namespace sanerf::segmentation {

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

// The same object by SAM's first candidate in every view, by the second, and so on: what SAM takes for the part, the
// whole or the whole with its surroundings mostly has the same number wherever it is seen from. Views that were not
// prompted stay as they are.
std::vector<mask_decoder::DecodedObject> ByCandidate(const mask_decoder::ObjectPrompt& object,
                                                     const mask_decoder::DecodeContext& context,
                                                     const mask_decoder::DecodedObject& decoded, const Job& job);

// For each of the chosen objects: when the views agree better if all of them take the same number of SAM's candidates,
// they do. Objects whose masks were corrected by the user, or whose candidate the user chose, stay as they are.
// Replaces the votes. Throws InterruptedError.
void ChooseCandidates(const RefineRequest& request, const mask_decoder::DecodeContext& context,
                      mask_aggregator::LabelVote* vote, std::vector<mask_decoder::DecodedObject>* objects,
                      const Job& job);

}  // namespace sanerf::segmentation
