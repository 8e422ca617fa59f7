#include "sanerf/pipeline/repeat_looks.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "sanerf/core/check.h"
#include "sanerf/core/error.h"
#include "sanerf/core/log.h"
#include "sanerf/pipeline/label_views.h"
#include "sanerf/pipeline/layers.h"

namespace sanerf {
namespace {

constexpr double kWorthwhile = 0.002;  // rise of the mean agreement
constexpr double kOneThing = 0.5;      // views that agree less do not show the same thing
constexpr float kLikely = 0.1f;        // share of the votes

// What the others say about each of the objects, [object][view]; the vote has been counted.
std::vector<std::vector<Consensus>> ConsensusOf(const LabelVote& vote, const std::vector<size_t>& which,
                                                size_t num_objects) {
  std::vector<std::vector<Consensus>> consensus(which.size());
  for (int view = 0; view < vote.num_views(); ++view) {
    const ImageF others = vote.OthersSay(view);
    for (size_t i = 0; i < which.size(); ++i)
      consensus[i].push_back({Channel(others, int(which[i]) + 1), Channel(others, int(num_objects) + 1)});
  }
  return consensus;
}

std::vector<ImageU8> InOrderOf(const std::vector<int>& views, LabelledViews labelled) {
  std::vector<ImageU8> labels(views.size());
  for (size_t i = 0; i < labelled.views.size(); ++i) {
    const auto found = std::find(views.begin(), views.end(), labelled.view_idxs[i]);
    if (found != views.end()) labels[size_t(found - views.begin())] = std::move(labelled.views[i].labels);
  }
  return labels;
}

// Background pixels that the others give to `label` by more than kLikely become unknown. Views that miss the object
// have voted for background there, so that its share is small even where it surely is.
void MarkWhereLikely(const ImageF& others, int label, ImageU8* labels) {
  for (int y = 0; y < labels->height; ++y) {
    for (int x = 0; x < labels->width; ++x) {
      const float share = others.At(x * others.width / labels->width, y * others.height / labels->height, label);
      if (labels->At(x, y) == 0 && share > kLikely) labels->At(x, y) = kIgnoreLabel;
    }
  }
}

// Positions in request.views of those in which masks may change.
std::vector<size_t> RowsToChange(const LookRequest& request) {
  std::vector<size_t> rows;
  for (size_t v = 0; v < request.views.size(); ++v)
    if (request.asked.empty() ||
        std::find(request.asked.begin(), request.asked.end(), request.views[v]) != request.asked.end())
      rows.push_back(v);
  return rows;
}

template <class T>
std::vector<T> Select(const std::vector<T>& all, const std::vector<size_t>& rows) {
  std::vector<T> selected;
  for (const size_t row : rows) selected.push_back(all[row]);
  return selected;
}

// `part` has the views of some rows of `whole`; the others stay as they are.
void PutBack(const std::vector<size_t>& rows, DecodedObject part, DecodedObject* whole) {
  for (size_t i = 0; i < rows.size(); ++i) whole->views[rows[i]] = std::move(part.views[i]);
  part.views = std::move(whole->views);
  *whole = std::move(part);
}

DecodedObject WithViews(const DecodedObject& object, const std::vector<size_t>& rows) {
  DecodedObject part = object;
  part.views = Select(object.views, rows);
  return part;
}

bool HasUsedViews(const std::vector<DecodedObject>& objects) {
  return std::all_of(objects.begin(), objects.end(), [](const DecodedObject& object) {
    return std::any_of(object.views.begin(), object.views.end(), [](const auto& view) { return view.used; });
  });
}

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
  return coherence > other.coherence && (other.coherence < kOneThing || band(*this) < band(other));
}

std::vector<ImageU8> LabelsByView(const std::vector<DecodedObject>& objects, const std::vector<int>& views,
                                  const FeatureContainer& container) {
  return InOrderOf(views, BuildLabelViews(objects, container));
}

std::vector<ImageU8> LabelsByVotedPlace(const std::vector<DecodedObject>& objects, const std::vector<int>& views,
                                        const FeatureContainer& container, LabelVote* vote) {
  std::vector<ImageU8> labels = InOrderOf(views, PaintLabelViews(objects, container));
  vote->Count(labels, int(objects.size()) + 1);
  std::vector<ImageU8> marked = labels;
  for (size_t v = 0; v < views.size(); ++v) {
    if (marked[v].empty()) continue;
    const ImageF others = vote->OthersSay(int(v));
    for (size_t o = 0; o < objects.size(); ++o)
      if (!objects[o].views[v].used) MarkWhereLikely(others, int(o) + 1, &marked[v]);
  }
  return marked;
}

void ChooseCandidates(const LookRequest& request, const Scene& scene, const Similarity& model_from_file,
                      const FeatureContainer& container, Sam& sam, const Settings& settings, LabelVote* vote,
                      std::vector<DecodedObject>* objects) {
  const auto agreement = [&](const DecodedObject& object) {
    vote->Count(LabelsByView({object}, request.views, container), 2);
    return ViewsAgreement{Coherence(object, ConsensusOf(*vote, {0}, 1)[0]), MeanArea(object)};
  };
  const std::vector<size_t> rows = RowsToChange(request);
  for (const size_t o : request.which) {
    DecodedObject& object = (*objects)[o];
    if (object.corrected) continue;
    const ViewsAgreement before = agreement(object);
    double best = before.coherence;
    std::optional<size_t> number;
    std::vector<DecodedObject> choices = ByCandidate(request.prompts.objects[o], scene, container, sam, model_from_file,
                                                     settings.masks, WithViews(object, rows));
    for (DecodedObject& choice : choices) {
      DecodedObject whole = object;
      PutBack(rows, std::move(choice), &whole);
      choice = std::move(whole);
    }
    for (size_t c = 0; c < choices.size(); ++c) {
      const ViewsAgreement now = agreement(choices[c]);
      LogDetail("{}: candidate {} in every view: coherence {:.1f}%, {:.2f}% of the view", object.name, c,
                100 * now.coherence, 100 * now.area);
      if (now.BetterThan(before) && now.coherence > best) best = now.coherence, number = c;
    }
    if (!number) continue;
    LogInfo("masks  {}: candidate {} in every view, the views agree better: {:.1f}% -> {:.1f}%", object.name, *number,
            100 * before.coherence, 100 * best);
    object = std::move(choices[*number]);
  }
}

void RepeatLooks(const LookRequest& request, const Scene& scene, const Similarity& model_from_file,
                 const FeatureContainer& container, Sam& sam, const Settings& settings, LabelVote* vote,
                 std::vector<DecodedObject>* objects) {
  if (settings.segment.looks < 0)
    throw UsageError(fmt::format("segment.looks={}", settings.segment.looks), "expected 0 or more");
  const std::vector<size_t> rows = RowsToChange(request);
  const auto share = 1.0 / double(request.which.size());
  double best = 0;
  for (int round = 1; round <= settings.segment.looks; ++round) {
    vote->Count(request.by_voted_place ? LabelsByVotedPlace(*objects, request.views, container, vote)
                                       : LabelsByView(*objects, request.views, container),
                int(objects->size()) + 1);
    const auto consensus = ConsensusOf(*vote, request.which, objects->size());
    std::vector<DecodedObject> next = *objects;
    SecondLook look;
    for (size_t i = 0; i < request.which.size(); ++i) {
      const size_t o = request.which[i];
      DecodedObject part = WithViews(next[o], rows);
      const SecondLook one = LookAgain(request.prompts.objects[o], scene, container, sam, model_from_file,
                                       settings.masks, Select(consensus[i], rows), &part);
      PutBack(rows, std::move(part), &next[o]);
      look.agreement += share * one.agreement;
      look.agreement_before += share * one.agreement_before;
      look.num_changed += one.num_changed;
      look.num_dropped += one.num_dropped;
      look.num_found += one.num_found;
    }
    best = std::max(best, look.agreement_before);
    if (look.agreement < best + kWorthwhile || !HasUsedViews(next)) {
      LogInfo("look {}  the views agree no better: {:.1f}% and {:.1f}% with other masks", round, 100 * best,
              100 * look.agreement);
      return;
    }
    LogInfo("look {}  agreement {:.1f}% -> {:.1f}%: {} masks changed, {} dropped, {} found", round,
            100 * look.agreement_before, 100 * look.agreement, look.num_changed, look.num_dropped, look.num_found);
    best = look.agreement;
    *objects = std::move(next);
  }
}

}  // namespace sanerf
