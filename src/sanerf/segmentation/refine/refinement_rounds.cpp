#include "sanerf/segmentation/refine/refinement_rounds.h"

#include <fmt/format.h>

#include <algorithm>

#include "sanerf/core/image_ops.h"
#include "sanerf/core/job.h"
#include "sanerf/core/phrases.h"
#include "sanerf/segmentation/label_views.h"

namespace sanerf::segmentation {

using mask_decoder::DecodedObject;

namespace {

constexpr double kWorthwhile = 0.002;  // rise of the mean agreement

bool HasUsedViews(const std::vector<DecodedObject>& objects) {
  return std::all_of(objects.begin(), objects.end(), [](const DecodedObject& object) {
    return std::any_of(object.views.begin(), object.views.end(), [](const auto& view) { return view.used; });
  });
}

}  // namespace

std::vector<size_t> RefineRequest::RowsToChange() const {
  std::vector<size_t> rows;
  for (size_t v = 0; v < views.size(); ++v)
    if (prompted.empty() || std::find(prompted.begin(), prompted.end(), views[v]) != prompted.end()) rows.push_back(v);
  return rows;
}

DecodedObject WithViews(const DecodedObject& object, const std::vector<size_t>& rows) {
  DecodedObject part = object;
  part.views = Select(object.views, rows);
  return part;
}

void PutBack(const std::vector<size_t>& rows, DecodedObject part, DecodedObject* whole) {
  for (size_t i = 0; i < rows.size(); ++i) whole->views[rows[i]] = std::move(part.views[i]);
  part.views = std::move(whole->views);
  *whole = std::move(part);
}

// What the others say about each of the objects, [object][view]; the vote has been counted.
std::vector<std::vector<Consensus>> ConsensusOf(const mask_aggregator::LabelVote& vote,
                                                const std::vector<size_t>& which, size_t num_objects) {
  std::vector<std::vector<Consensus>> consensus(which.size());
  for (int view = 0; view < vote.num_views(); ++view) {
    const ImageF others = vote.VoteOfOtherViews(view);
    for (size_t i = 0; i < which.size(); ++i)
      consensus[i].push_back({Channel(others, int(which[i]) + 1), Channel(others, int(num_objects) + 1)});
  }
  return consensus;
}

void RefineMasks(const RefineRequest& request, const mask_decoder::DecodeContext& context,
                 mask_aggregator::LabelVote* vote, std::vector<DecodedObject>* objects, const Job& job) {
  const std::vector<size_t> rows = request.RowsToChange();
  const auto share = 1.0 / double(request.which.size());
  double best = 0;
  for (int round = 1; round <= request.max_rounds; ++round) {
    Task comparing(job, "compare the views' masks");
    vote->Count(LabelsByView(*objects, {request.views, context.container, request.missed, vote}, job),
                int(objects->size()) + 1);
    const auto consensus = ConsensusOf(*vote, request.which, objects->size());
    comparing.Finish();
    std::vector<DecodedObject> next = *objects;
    RedecodeResult result;
    for (size_t i = 0; i < request.which.size(); ++i) {
      const size_t o = request.which[i];
      DecodedObject part = WithViews(next[o], rows);
      const RedecodeResult one = Redecode(request.prompts.objects[o], context, Select(consensus[i], rows), &part, job);
      PutBack(rows, std::move(part), &next[o]);
      result.agreement += share * one.agreement;
      result.agreement_before += share * one.agreement_before;
      result.num_changed += one.num_changed;
      result.num_dropped += one.num_dropped;
      result.num_found += one.num_found;
    }
    best = std::max(best, result.agreement_before);
    if (result.agreement < best + kWorthwhile || !HasUsedViews(next)) {
      job.Info(fmt::format("round {}  the views agree no better: {:.1f}% and {:.1f}% with other masks", round,
                           100 * best, 100 * result.agreement));
      return;
    }
    job.Info(fmt::format("round {}  agreement {:.1f}% -> {:.1f}%: {} changed, {} dropped, {} found", round,
                         100 * result.agreement_before, 100 * result.agreement, Counted(result.num_changed, "mask"),
                         result.num_dropped, result.num_found));
    best = result.agreement;
    *objects = std::move(next);
  }
}

}  // namespace sanerf::segmentation
