#include "sanerf/mask_decoder/view_decider.h"

#include <fmt/format.h>

#include <mutex>

#include "sanerf/core/error.h"
#include "sanerf/core/image_ops.h"
#include "sanerf/core/job.h"
#include "sanerf/core/options.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/suggestions.h"
#include "sanerf/core/worker_pool.h"
#include "sanerf/feature_container/view_agreement.h"
#include "sanerf/mask_decoder/mask_check.h"
#include "sanerf/mask_decoder/places.h"

namespace sanerf::mask_decoder {

using sam::SamMask;
using sam::SamPrompt;

namespace {

ImageF LogitsOfMask(const ImageU8& mask) {
  ImageF logits(mask.width, mask.height, 1);
  for (size_t i = 0; i < mask.data.size(); ++i) logits.data[i] = mask.data[i] ? kCertainLogit : -kCertainLogit;
  return logits;
}

sam::MaskRule RuleFor(RuleChoice choice, const sam::Sam& sam) {
  switch (choice) {
    case RuleChoice::kHighestIou:
      return sam::MaskRule::kHighestPredictedIou;
    case RuleChoice::kSingle:
      return sam::MaskRule::kSingleMask;
    case RuleChoice::kOfModel:
      break;
  }
  return sam.default_rule();
}

void CheckInputs(const ObjectPrompt& object, const feature_container::FeatureContainer& container, const sam::Sam& sam,
                 const MaskDecoderOptions& options) {
  if (const auto why = WhyUnusable(object)) throw UsageError(*why);
  CheckOptions(options, "masks");
  if (options.depth_tolerance + options.relative_depth_tolerance <= 0) {
    throw UsageError(fmt::format("masks.depth_tolerance={} relative_depth_tolerance={}", options.depth_tolerance,
                                 options.relative_depth_tolerance),
                     "one of them must be more than 0");
  }
  if (container.ModelFingerprint() != sam.Fingerprint()) {
    throw Error(fmt::format("the views were not encoded with these files of {}", sam.name()),
                "a decoder cannot read another model's features", "run sanerf encode with this model");
  }
}

}  // namespace

DepthTolerance ToleranceOf(const MaskDecoderOptions& options, const Similarity& model_from_file) {
  return {options.depth_tolerance / model_from_file.scale, options.relative_depth_tolerance};
}

void ViewDecider::AddBox(const BoxPrompt& box) {
  const int view_idx = scene_.FindView(box.view);
  const scene::View& view = scene_.views[view_idx];
  CheckInside(box, view);
  const SamPrompt::Box working = WorkingBox(box, view.camera, container_.WorkingCamera(view_idx));
  if (!boxes_.emplace(view_idx, working).second) {
    throw UsageError(Describe(box, view) + " is the second one in this view", "an object has at most one box per view",
                     "draw one box around the whole object");
  }
}

ViewDecision ViewDecider::Begin(int view_idx) const {
  ViewDecision decision;
  decision.view_idx = view_idx;
  decision.view = scene_.views.at(size_t(view_idx)).name;
  return decision;
}

SamPrompt ViewDecider::FindPrompt(const std::vector<LiftedPoint>& points, ViewDecision& decision,
                                  const Job& job) const {
  const Camera camera = container_.WorkingCamera(decision.view_idx);
  const ImageF depth = container_.Depth(decision.view_idx, job);
  SamPrompt prompt;
  for (const LiftedPoint& point : points) {
    PointInView found = FindInView(point.p_file, camera, depth, options_.tolerance);
    const bool is_own_view = point.source_view == decision.view_idx;
    if (is_own_view) {
      // The user saw it here; projecting it back would only add rounding.
      found.state = PointState::kVisible;
      found.px = point.source_px;
    }
    decision.points.push_back({found.px.x(), found.px.y(), found.z, point.label, found.state});
    if (decision.points.back().state != PointState::kVisible) continue;
    ++decision.num_visible;
    // The mask of its own view is where a seed comes from; prompting there with it would say nothing new.
    if (point.is_seed && is_own_view) continue;
    prompt.points.push_back({static_cast<float>(found.px.x()), static_cast<float>(found.px.y()), point.label});
  }
  if (const auto box = boxes_.find(decision.view_idx); box != boxes_.end()) {
    prompt.box = box->second;
    decision.has_box = true;
  }
  return prompt;
}

std::vector<SamMask> ViewDecider::Candidates(int view_idx, const SamPrompt& prompt, const Job& job) const {
  sam_->SetFeatures(container_.Features(view_idx, job));
  if (memory_ == nullptr) return sam_->Predict(prompt, true, job);
  std::vector<SamMask> candidates = memory_->Recall(view_idx, prompt);
  if (candidates.empty()) {
    candidates = sam_->Predict(prompt, true, job);
    memory_->Keep(view_idx, prompt, candidates);
  }
  return candidates;
}

const SamMask& ViewDecider::Choose(const std::vector<SamMask>& candidates) const {
  if (options_.candidate < 0) return sam::ChooseMask(candidates, options_.mask_rule);
  std::vector<std::string> offered;
  for (const SamMask& candidate : candidates) {
    if (candidate.candidate == options_.candidate) return candidate;
    offered.push_back(std::to_string(candidate.candidate));
  }
  throw UsageError(fmt::format("a click asks for SAM's mask {}, but there is none of that number", options_.candidate),
                   fmt::format("{} offers {}", sam_->name(), Listed(offered)),
                   "choose one of them, or leave that to the program: without :maskN, or without \"candidate\" in the "
                   "prompts file");
}

ImageU8 ViewDecider::ToMask(const SamMask& sam_mask, const ViewDecision& decision) const {
  const ImageF logits = sam_->ToImageFrame(sam_mask);
  const Camera camera = container_.WorkingCamera(decision.view_idx);
  if (logits.width != camera.width || logits.height != camera.height) {
    throw Error(fmt::format("view {}: its features are of an image of {}x{} pixels", decision.view, logits.width,
                            logits.height),
                fmt::format("the view has {}x{}", camera.width, camera.height), "encode the views again");
  }
  ImageU8 mask(logits.width, logits.height, 1);
  for (int64_t i = 0; i < logits.num_pixels(); ++i) mask.data[i] = logits.data[i] > 0 ? 255 : 0;
  return mask;
}

void ViewDecider::SetMask(const SamMask& chosen, ImageU8 mask, const SamPrompt& prompt, ViewDecision& decision) const {
  decision.candidate = chosen.candidate;
  decision.predicted_iou = chosen.predicted_iou;
  RemoveSpecks(static_cast<int64_t>(options_.specks * static_cast<double>(CountNonZero(mask))), &mask);
  decision.mask = std::move(mask);
  JudgeMask(prompt.box, decision);
}

ViewDecision ViewDecider::Decide(int view_idx, const std::vector<LiftedPoint>& points, const VisibilityRule& rule,
                                 const Job& job) const {
  ViewDecision decision = Begin(view_idx);
  if (!container_.Has(view_idx)) {
    Reject(decision, Outcome::kNotEncoded, "the view has not been encoded");
    return decision;
  }

  SamPrompt prompt = FindPrompt(points, decision, job);
  if (!SeesEnough(rule, decision)) return decision;
  if (const auto shown = shown_masks_.find(view_idx); shown != shown_masks_.end()) {
    sam_->SetFeatures(container_.Features(view_idx, job));
    prompt.mask_logits = sam_->FromImageFrame(LogitsOfMask(shown->second));
  }
  const std::vector<SamMask> candidates = Candidates(view_idx, prompt, job);
  const SamMask& chosen = Choose(candidates);
  SetMask(chosen, ToMask(chosen, decision), prompt, decision);
  CheckDepth(decision, job);
  return decision;
}

void ViewDecider::CheckDepth(ViewDecision& decision, const Job& job) const {
  if (!decision.used || options_.min_agreement <= 0) return;
  ImageF agreement = feature_container::ViewAgreement(container_, decision.view_idx, scene_.TrainViews(), {}, job);
  for (int64_t p = 0; p < agreement.num_pixels(); ++p)
    if (decision.mask.data[size_t(p)] == 0) agreement.data[size_t(p)] = -1;
  const double mean = nerf::MeanAgreement(agreement);
  if (mean < 0 || mean >= options_.min_agreement) return;  // nobody can tell, or enough agree
  Reject(decision, Outcome::kDisagrees,
         fmt::format("{:.0f} % of the depth inside the mask is confirmed by other views, at least {:.0f} % needed",
                     100 * mean, 100 * options_.min_agreement));
}

ViewDecider MakeDecider(const ObjectPrompt& object, const DecodeContext& context) {
  const MaskDecoderOptions& options = context.options;
  CheckInputs(object, context.container, context.sam, options);
  ViewDecider decider(context.scene, context.container, context.sam,
                      {RuleFor(options.rule, context.sam), ToleranceOf(options, context.model_from_file),
                       options.specks, ChosenCandidate(object), options.min_agreement});
  for (const BoxPrompt& box : object.boxes) decider.AddBox(box);
  return decider;
}

void ViewDecider::ForEachView(size_t count, const std::string& what,
                              const std::function<void(const ViewDecider&, size_t)>& visit,
                              const std::function<void(int, size_t)>& on_view, const Job& job) const {
  WorkerPool<ViewDecider> forks;
  std::mutex mutex;
  int num_done = 0;
  ParallelForChunks(int64_t(count), 1, [&](int64_t i, int64_t) {
    job.ThrowIfStopped(what);
    const auto fork = forks.Take([&] { return std::make_unique<ViewDecider>(Fork()); });
    visit(*fork, size_t(i));
    const std::lock_guard lock(mutex);
    on_view(++num_done, size_t(i));
  });
}

std::vector<ViewDecision> ViewDecider::DecideViews(
    size_t count, const std::string& what, const std::function<ViewDecision(const ViewDecider&, size_t)>& decide,
    const std::function<void(int, const ViewDecision&)>& on_view, const Job& job) const {
  std::vector<ViewDecision> decisions(count);
  ForEachView(
      count, what, [&](const ViewDecider& fork, size_t i) { decisions[i] = decide(fork, i); },
      [&](int num_done, size_t i) { on_view(num_done, decisions[i]); }, job);
  return decisions;
}

}  // namespace sanerf::mask_decoder
