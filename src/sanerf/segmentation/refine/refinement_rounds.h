// Refinement rounds: every view decoded again with what the others say, while the views agree better for it. Not in the
// paper.
#pragma once

#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/mask_aggregator/label_vote.h"
#include "sanerf/segmentation/label_views.h"
#include "sanerf/segmentation/refine/redecode.h"

namespace sanerf::segmentation {

struct RefineRequest {
  const mask_decoder::Prompts& prompts;  // of the objects
  std::vector<size_t> which;             // objects whose masks may change; all of them vote
  const std::vector<int>& views;         // of the vote and, in this order, of every object
  MissedPlace missed = MissedPlace::kBox;
  std::vector<int> prompted = {};  // of `views`, those in which masks may change; empty = all
  int max_rounds = 1;

  // Positions in `views` of those in which masks may change.
  std::vector<size_t> RowsToChange() const;
};

template <class T>
std::vector<T> Select(const std::vector<T>& all, const std::vector<size_t>& rows) {
  std::vector<T> selected;
  for (const size_t row : rows) selected.push_back(all[row]);
  return selected;
}
// An object's decisions in some of its views, and those back in their places; the others stay as they are.
mask_decoder::DecodedObject WithViews(const mask_decoder::DecodedObject& object, const std::vector<size_t>& rows);
void PutBack(const std::vector<size_t>& rows, mask_decoder::DecodedObject part, mask_decoder::DecodedObject* whole);

// What the others say about each of the objects, [object][view]; the vote has been counted.
std::vector<std::vector<Consensus>> ConsensusOf(const mask_aggregator::LabelVote& vote,
                                                const std::vector<size_t>& which, size_t num_objects);

// Counts the votes of all masks, decodes every view of the chosen objects again (Redecode), and repeats while the
// agreement rises, at most request.max_rounds times. Throws InterruptedError.
void RefineMasks(const RefineRequest& request, const mask_decoder::DecodeContext& context,
                 mask_aggregator::LabelVote* vote, std::vector<mask_decoder::DecodedObject>* objects, const Job& job);

}  // namespace sanerf::segmentation
