#include "sanerf/segmentation/refine/redecode.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "sanerf/core/check.h"
#include "sanerf/core/error.h"
#include "sanerf/core/image_ops.h"
#include "sanerf/core/job.h"
#include "sanerf/core/pixel_window.h"
#include "sanerf/core/quantiles.h"
#include "sanerf/mask_decoder/view_decider.h"

namespace sanerf::segmentation {

using mask_decoder::ViewDecider;
using mask_decoder::ViewDecision;
using sam::SamPrompt;

namespace {

constexpr double kDropBelow = 0.6;   // of the median agreement
constexpr double kFindAbove = 0.7;   // a view without a visible point must agree this well
constexpr double kBoxMargin = 0.05;  // of the box's longer side
constexpr float kBoxProbability = 0.5f;

// Pixels of an image of width x height; none when the consensus is nowhere certain.
std::optional<SamPrompt::Box> BoxOf(const Consensus& consensus, int width, int height) {
  const ImageF& p = consensus.probability;
  const PixelWindow window = WindowOf(
      p.width, p.height, [&](int x, int y) { return p.At(x, y) > kBoxProbability && consensus.known.At(x, y) > 0.5f; });
  if (window.empty()) return std::nullopt;
  const double scale_x = double(width) / p.width, scale_y = double(height) / p.height;
  const double margin = kBoxMargin * std::max(window.width() * scale_x, window.height() * scale_y);
  return SamPrompt::Box{float(std::max(0.0, window.x0 * scale_x - margin)),
                        float(std::max(0.0, window.y0 * scale_y - margin)),
                        float(std::min(double(width), window.x1 * scale_x + margin)),
                        float(std::min(double(height), window.y1 * scale_y + margin))};
}

ImageF LogitsOf(const Consensus& consensus) {
  ImageF logits = consensus.probability;
  for (float& value : logits.data) value = mask_decoder::kCertainLogit * (2 * value - 1);
  return logits;
}

class ViewRedecoder {
 public:
  ViewRedecoder(const ViewDecider& decider, const feature_container::FeatureContainer& container,
                const std::vector<mask_decoder::LiftedPoint>& points, int chosen_in, const Job& job)
      : decider_(decider),
        container_(container),
        sam_(decider.sam()),
        points_(points),
        chosen_in_(chosen_in),
        job_(job) {}

  // The candidate that agrees best and is clean; `before` where nothing can be said.
  ViewDecision Decide(const ViewDecision& before, const Consensus& consensus) const {
    if (before.use == mask_decoder::ViewUse::kNever || !container_.Has(before.view_idx) || !IsKnown(consensus))
      return before;
    if (before.view_idx == chosen_in_ && before.used) {
      ViewDecision chosen = before;
      chosen.agreement = Agreement(before.mask, consensus);
      return chosen;
    }
    ViewDecision decision = decider_.Begin(before.view_idx);
    SamPrompt prompt = decider_.FindPrompt(points_, decision, job_);
    const bool is_prompted = prompt.box || std::any_of(prompt.points.begin(), prompt.points.end(),
                                                       [](const auto& point) { return point.label == 1; });
    const bool is_seen = AreaOf(consensus) >= kMinConsensusArea;
    if (!is_prompted && !is_seen) return before;

    std::vector<Candidate> candidates;
    if (is_prompted) Compare(prompt, false, consensus, before.view_idx, &candidates);
    const SamPrompt points_alone = prompt;
    if (is_seen) {
      const Camera camera = container_.WorkingCamera(before.view_idx);
      if (!prompt.box) prompt.box = BoxOf(consensus, camera.width, camera.height);
      sam_.SetFeatures(container_.Features(before.view_idx, job_));
      prompt.mask_logits = sam_.FromImageFrame(LogitsOf(consensus));
      if (prompt.box) Compare(prompt, true, consensus, before.view_idx, &candidates);
    }
    ViewDecision best = Best(std::move(candidates), points_alone, prompt, decision);
    mask_decoder::ApplyUse(before.use, &best);
    return best;
  }

 private:
  struct Candidate {
    sam::SamMask mask;
    bool from_others;
    double agreement;
    // What all views say is blurred and has errors in common, which a mask can repeat; SAM's own score knows a clean
    // outline but not which object is meant. Measured: docs/studies/refinement_rounds.md.
    double Score() const { return agreement * std::sqrt(std::max(0.0, double(mask.predicted_iou))); }
  };

  // SAM's answers with how well they agree, at the consensus' own resolution: most are never needed at full size.
  void Compare(const SamPrompt& prompt, bool from_others, const Consensus& consensus, int view_idx,
               std::vector<Candidate>* candidates) const {
    for (sam::SamMask& mask : decider_.Candidates(view_idx, prompt, job_)) {
      ImageF share = sam_.ToImageFrame(mask, consensus.probability.width, consensus.probability.height);
      for (float& value : share.data) value = value > 0 ? 1.0f : 0.0f;
      const double agreement = Agreement(share, consensus);
      candidates->push_back({std::move(mask), from_others, agreement});
    }
  }

  // The one with the best score of those that can be used.
  ViewDecision Best(std::vector<Candidate> candidates, const SamPrompt& points, const SamPrompt& others,
                    const ViewDecision& sight) const {
    std::stable_sort(candidates.begin(), candidates.end(),
                     [](const Candidate& a, const Candidate& b) { return a.Score() > b.Score(); });
    ViewDecision best = sight;
    for (const Candidate& candidate : candidates) {
      ViewDecision decision = sight;
      decision.from_others = candidate.from_others;
      decision.agreement = candidate.agreement;
      decider_.SetMask(candidate.mask, decider_.ToMask(candidate.mask, decision),
                       candidate.from_others ? others : points, decision);
      if (decision.used) return decision;
      if (best.mask.empty()) best = std::move(decision);
    }
    return best;
  }

  const ViewDecider& decider_;
  const feature_container::FeatureContainer& container_;
  sam::Sam& sam_;
  const std::vector<mask_decoder::LiftedPoint>& points_;
  const int chosen_in_;  // the view in which the user chose the candidate, -1 = none: that mask is meant
  const Job& job_;
};

}  // namespace

RedecodeResult Redecode(const mask_decoder::ObjectPrompt& object, const mask_decoder::DecodeContext& context,
                        const std::vector<Consensus>& consensus, mask_decoder::DecodedObject* decoded, const Job& job) {
  SANERF_CHECK_EQ(consensus.size(), decoded->views.size());
  ViewDecider decider = mask_decoder::MakeDecider(object, context);
  decider.Remember(decoded->memory);
  const int chosen_in =
      mask_decoder::ChosenCandidate(object) >= 0 ? context.scene.FindView(object.clicks.back().view) : -1;
  std::vector<double> agreements;
  Task task(job, "decode again " + object.name, int64_t(consensus.size()), "views");
  std::vector<ViewDecision> views = decider.DecideViews(
      consensus.size(), fmt::format("decoding '{}' again", object.name),
      [&](const ViewDecider& fork, size_t i) {
        return ViewRedecoder(fork, context.container, decoded->points, chosen_in, job)
            .Decide(decoded->views[i], consensus[i]);
      },
      [&](int num_done, const ViewDecision&) { task.Update(num_done); }, job);
  for (const ViewDecision& view : views)
    if (view.used && view.agreement >= 0) agreements.push_back(view.agreement);

  RedecodeResult result;
  const double drop_below = agreements.empty() ? 0 : kDropBelow * Median(agreements);
  for (size_t i = 0; i < views.size(); ++i) {
    ViewDecision& view = views[i];
    const ViewDecision& before = decoded->views[i];
    const double needed = before.used ? drop_below : std::max(drop_below, kFindAbove);
    const bool is_wanted = view.use == mask_decoder::ViewUse::kAlways || view.view_idx == chosen_in;
    if (view.used && !is_wanted && view.agreement >= 0 && view.agreement < needed)
      mask_decoder::Reject(view, mask_decoder::Outcome::kDisagrees,
                           fmt::format("the best of SAM's masks agrees only {:.2f} with the other views, {:.2f} needed",
                                       view.agreement, needed));
    result.num_dropped += before.used && !view.used;
    result.num_found += !before.used && view.used;
    result.num_changed += before.used && view.used && before.mask.data != view.mask.data;
  }
  result.agreement_before = MeanAgreement(decoded->views, consensus);
  result.agreement = MeanAgreement(views, consensus);
  decoded->views = std::move(views);
  return result;
}

}  // namespace sanerf::segmentation
