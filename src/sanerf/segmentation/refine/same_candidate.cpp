#include "sanerf/segmentation/refine/same_candidate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "sanerf/core/job.h"
#include "sanerf/mask_decoder/view_decider.h"
#include "sanerf/segmentation/label_views.h"

namespace sanerf::segmentation {

using mask_decoder::DecodedObject;
using mask_decoder::ViewDecision;

namespace {

constexpr double kMinSameAgreement = 0.5;  // views that agree less do not show the same thing

double MeanArea(const DecodedObject& object) {
  double sum = 0;
  int count = 0;
  for (const ViewDecision& view : object.views) {
    if (!view.used) continue;
    sum += view.area;
    ++count;
  }
  return count > 0 ? sum / count : 0;
}

}  // namespace

bool ViewsAgreement::BetterThan(const ViewsAgreement& other) const {
  const auto band = [](const ViewsAgreement& a) { return (1 - a.coherence) * std::sqrt(a.area); };
  return coherence > other.coherence && (other.coherence < kMinSameAgreement || band(*this) < band(other));
}

std::vector<DecodedObject> ByCandidate(const mask_decoder::ObjectPrompt& object,
                                       const mask_decoder::DecodeContext& context, const DecodedObject& decoded,
                                       const Job& job) {
  mask_decoder::ViewDecider decider = mask_decoder::MakeDecider(object, context);
  decider.Remember(decoded.memory);
  std::vector<std::vector<ViewDecision>> by_view(decoded.views.size());  // [view][candidate]
  Task task(job, "compare candidates " + object.name, int64_t(by_view.size()), "views");
  decider.ForEachView(
      by_view.size(), fmt::format("comparing the candidates of '{}'", object.name),
      [&](const mask_decoder::ViewDecider& fork, size_t i) {
        const ViewDecision& before = decoded.views[i];
        if (before.mask.empty()) return;  // SAM was not prompted
        ViewDecision sight = fork.Begin(before.view_idx);
        const sam::SamPrompt prompt = fork.FindPrompt(decoded.points, sight, job);
        for (const sam::SamMask& mask : fork.Candidates(before.view_idx, prompt, job)) {
          by_view[i].push_back(sight);
          fork.SetMask(mask, fork.ToMask(mask, sight), prompt, by_view[i].back());
          mask_decoder::ApplyUse(before.use, &by_view[i].back());
        }
      },
      [&](int num_done, size_t) { task.Update(num_done); }, job);

  size_t num_candidates = 0;
  for (const auto& candidates : by_view) num_candidates = std::max(num_candidates, candidates.size());
  std::vector<DecodedObject> objects(num_candidates, decoded);
  for (size_t c = 0; c < num_candidates; ++c) {
    for (size_t i = 0; i < by_view.size(); ++i)
      if (c < by_view[i].size()) objects[c].views[i] = std::move(by_view[i][c]);
  }
  return objects;
}

void ChooseCandidates(const RefineRequest& request, const mask_decoder::DecodeContext& context,
                      mask_aggregator::LabelVote* vote, std::vector<DecodedObject>* objects, const Job& job) {
  const auto agreement = [&](const DecodedObject& object) {
    vote->Count(LabelsByView(object, {request.views, context.container}, job), 2);
    return ViewsAgreement{Coherence(object, ConsensusOf(*vote, {0}, 1)[0]), MeanArea(object)};
  };
  const std::vector<size_t> rows = request.RowsToChange();
  for (const size_t o : request.which) {
    DecodedObject& object = (*objects)[o];
    if (object.corrected || mask_decoder::ChosenCandidate(request.prompts.objects[o]) >= 0) continue;
    const ViewsAgreement before = agreement(object);
    double best = before.coherence;
    std::optional<size_t> number;
    std::vector<DecodedObject> choices = ByCandidate(request.prompts.objects[o], context, WithViews(object, rows), job);
    for (DecodedObject& choice : choices) {
      DecodedObject whole = object;
      PutBack(rows, std::move(choice), &whole);
      choice = std::move(whole);
    }
    for (size_t c = 0; c < choices.size(); ++c) {
      const ViewsAgreement now = agreement(choices[c]);
      job.Detail(fmt::format("{}: candidate {} in every view: coherence {:.1f}%, {:.2f}% of the view", object.name, c,
                             100 * now.coherence, 100 * now.area));
      if (now.BetterThan(before) && now.coherence > best) best = now.coherence, number = c;
    }
    if (!number) continue;
    const std::string from = fmt::format("{:.1f}%", 100 * before.coherence), to = fmt::format("{:.1f}%", 100 * best);
    job.Info(fmt::format("masks  {}: candidate {} in every view, the views agree better{}", object.name, *number,
                         from == to ? " by a little" : ": " + from + " -> " + to));
    object = std::move(choices[*number]);
  }
}

}  // namespace sanerf::segmentation
