#include "sanerf/mask_decoder/mask_decoder.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "sanerf/core/error.h"
#include "sanerf/core/job.h"
#include "sanerf/core/phrases.h"
#include "sanerf/mask_decoder/lift.h"
#include "sanerf/mask_decoder/seeds.h"
#include "sanerf/mask_decoder/view_decider.h"

namespace sanerf::mask_decoder {
namespace {

constexpr int kBoxSeeds = 5;  // when a box is all there is: as many points as the paper's examples use

// The views whose mask is to give points to the others.
std::set<int> SeedViews(const std::vector<LiftedPoint>& points, const ViewDecider& decider, int seed_points) {
  std::set<int> views;
  bool any_positive = false;
  for (const LiftedPoint& point : points) {
    any_positive |= point.label == 1;
    if (point.label == 1 && point.source_view >= 0 && seed_points > 0) views.insert(point.source_view);
  }
  if (!any_positive || seed_points > 0) {
    for (const auto& [view_idx, box] : decider.boxes()) views.insert(view_idx);
  }
  return views;
}

// Lifts points from inside the mask of each seed view. `points` grows only afterwards, so that the views do not depend
// on each other's order.
void AddSeeds(const ObjectPrompt& object, const DecodeContext& context, const ViewDecider& decider,
              std::vector<LiftedPoint>& points, const Job& job) {
  const feature_container::FeatureContainer& container = context.container;
  const int seed_points = context.options.seed_points;
  std::vector<LiftedPoint> seeds;
  for (const int view_idx : SeedViews(points, decider, seed_points)) {
    if (!container.Has(view_idx)) container.Features(view_idx, job);  // throws the container's own error
    const ViewDecision decision = decider.Decide(view_idx, points, VisibilityRuleFor(object, points), job);
    if (!decision.used) {
      job.Warn(
          fmt::format("object '{}': no points taken from view {}: {}", object.name, decision.view, decision.reason));
      continue;
    }
    const Camera camera = container.WorkingCamera(view_idx);
    const ImageF depth = container.Depth(view_idx, job);
    for (const Vec2& px : SpreadInteriorPoints(decision.mask, depth, seed_points > 0 ? seed_points : kBoxSeeds)) {
      if (const auto z = SurfaceDepth(depth, px)) {
        seeds.push_back({camera.Lift(px, *z), 1, view_idx, decision.view, px, true});
      }
    }
  }
  points.insert(points.end(), seeds.begin(), seeds.end());
}

std::string ReasonsCounted(const std::vector<ViewDecision>& views) {
  const std::pair<Outcome, const char*> outcomes[] = {
      {Outcome::kNotEncoded, "not encoded"},
      {Outcome::kHidden, "without a visible positive point"},
      {Outcome::kTooFew, "with too few visible points"},
      {Outcome::kEmpty, "with an empty mask"},
      {Outcome::kTiny, "with a mask of a few pixels"},
      {Outcome::kMissed, "with a mask beside the prompt"},
      {Outcome::kDisagrees, "with a mask that the other views contradict"},
      {Outcome::kOutdated, "with a mask older than a click"},
      {Outcome::kDropped, "dropped by the user"},
      {Outcome::kNotSelected, "not among the views to segment"},
  };
  std::string text;
  for (const auto& [named, words] : outcomes) {
    const Outcome outcome = named;
    const auto count = std::count_if(views.begin(), views.end(), [&](const auto& d) { return d.outcome == outcome; });
    if (count > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, words);
  }
  return text.empty() ? "there are no views" : text;
}

// Why each view has no mask; the first few unless all were asked for.
void LogReasons(const ObjectPrompt& object, const std::vector<ViewDecision>& views, const Job& job) {
  constexpr size_t kFew = 12;
  for (size_t i = 0; i < views.size(); ++i) {
    const std::string line = fmt::format("{}  {}: {}", object.name, views[i].view, views[i].reason);
    if (i < kFew) {
      job.Info(line);
    } else {
      job.Detail(line);
    }
  }
  if (views.size() > kFew)
    job.Info(fmt::format("… and {} (-v shows all)", Counted(int64_t(views.size() - kFew), "more view")));
}

[[noreturn]] void FailWithoutViews(const ObjectPrompt& object, const DecodedObject& decoded, int needed,
                                   const MaskDecoderOptions& options, const Job& job) {
  const auto& views = decoded.views;
  const auto has = [&](Outcome outcome) {
    return std::any_of(views.begin(), views.end(), [&](const ViewDecision& d) { return d.outcome == outcome; });
  };
  LogReasons(object, views, job);
  std::string hint;
  if (has(Outcome::kTooFew) || has(Outcome::kHidden)) {
    hint = fmt::format(
        "put the prompts where more cameras see them, lower min_visible (now {}), or allow a larger error of the "
        "rendered depth with --set masks.depth_tolerance={:g} --set masks.relative_depth_tolerance={:g}",
        needed, 2.5 * options.depth_tolerance, 2 * options.relative_depth_tolerance);
  } else if (has(Outcome::kNotEncoded)) {
    hint = "run: sanerf encode RUN";
  } else {
    hint = "add positive clicks on the object or a box around it, or take another mask with --set masks.rule=";
    hint += options.rule == RuleChoice::kSingle ? "highest_iou" : "single";
  }
  throw NoMaskError(
      fmt::format("object '{}': none of {} gives a mask", object.name, Counted(int64_t(views.size()), "view")),
      ReasonsCounted(views), hint);
}

std::map<int, ImageU8> UsedMasks(const DecodedObject& decoded) {
  std::map<int, ImageU8> masks;
  for (const ViewDecision& view : decoded.views)
    if (view.used) masks[view.view_idx] = view.mask;
  return masks;
}

}  // namespace

void DecodeFurther(const ObjectPrompt& object, const DecodeContext& context, const std::vector<int>& view_idxs,
                   DecodedObject* decoded, const Job& job) {
  if (view_idxs.empty()) return;
  ViewDecider decider = MakeDecider(object, context);
  decider.Remember(decoded->memory);
  const VisibilityRule rule = VisibilityRuleFor(object, decoded->points);
  Task task(job, "decode " + object.name, int64_t(view_idxs.size()), "views");
  std::vector<ViewDecision> views = decider.DecideViews(
      view_idxs.size(), fmt::format("decoding of '{}'", object.name),
      [&](const ViewDecider& fork, size_t i) { return fork.Decide(view_idxs[i], decoded->points, rule, job); },
      [&](int num_done, const ViewDecision&) { task.Update(num_done); }, job);
  task.Finish();
  std::move(views.begin(), views.end(), std::back_inserter(decoded->views));
}

std::vector<ViewDecision> FindPoints(const ObjectPrompt& object, const std::vector<LiftedPoint>& points,
                                     const DecodeContext& context, const std::vector<int>& view_idxs, const Job& job) {
  const ViewDecider decider = MakeDecider(object, context);
  std::vector<ViewDecision> decisions;
  for (const int view_idx : view_idxs) {
    ViewDecision decision = decider.Begin(view_idx);
    decider.FindPrompt(points, decision, job);
    decisions.push_back(std::move(decision));
  }
  return decisions;
}

DecodedObject DecodeMasks(const ObjectPrompt& object, const DecodeContext& context, const std::vector<int>& view_idxs,
                          const DecodedObject* previous, const Job& job) {
  ViewDecider decider = MakeDecider(object, context);
  if (previous != nullptr) decider.ShowMasks(UsedMasks(*previous));

  // Prompts to 3D.
  DecodedObject decoded;
  decoded.name = object.name;
  decoded.corrected = previous != nullptr;
  if (context.keeps_candidates) decoded.memory = std::make_shared<PredictionMemory>();
  decider.Remember(decoded.memory);
  decoded.points = LiftPrompts(object, context.scene, context.container, job);
  AddSeeds(object, context, decider, decoded.points, job);

  // 3D to a mask per view.
  const VisibilityRule rule = VisibilityRuleFor(object, decoded.points);
  Task task(job, "decode " + object.name, static_cast<int64_t>(view_idxs.size()), "views");
  int num_used = 0;
  decoded.views = decider.DecideViews(
      view_idxs.size(), fmt::format("decoding of '{}'", object.name),
      [&](const ViewDecider& fork, size_t i) { return fork.Decide(view_idxs[i], decoded.points, rule, job); },
      [&](int num_done, const ViewDecision& decision) {
        num_used += decision.used;
        task.Update(num_done, fmt::format("{} used", num_used));
      },
      job);
  task.Finish(fmt::format("{} of {} used", num_used, Counted(int64_t(view_idxs.size()), "view")));
  if (num_used == 0) FailWithoutViews(object, decoded, rule.needed, context.options, job);
  return decoded;
}

}  // namespace sanerf::mask_decoder
