#include "sanerf/segmentation/decode_object.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "sanerf/core/check.h"
#include "sanerf/core/error.h"
#include "sanerf/core/phrases.h"
#include "sanerf/mask_decoder/lift.h"
#include "sanerf/mask_decoder/prediction_memory.h"
#include "sanerf/scene/choose_views.h"
#include "sanerf/segmentation/first_views.h"

namespace sanerf::segmentation {

using mask_decoder::DecodedObject;
using mask_decoder::ViewDecision;
using mask_decoder::ViewUse;

namespace {

struct DecodeRequest {
  const mask_decoder::ObjectPrompt& object;
  const DecodedObject* before;    // masks to go on from; null = none
  const std::vector<int>& views;  // as in ViewsToDecode
  const std::vector<int>& prompted;
};

bool IsCorrection(const EditedObject& object) {
  return object.state == MaskState::kOutgrown || object.state == MaskState::kPartial;
}

// Where views see prompts that the object did not have before.
struct NewSights {
  std::vector<int> views;
  std::set<int> clicked;  // those of them that the prompts were given in
};

NewSights FindNewSights(const DecodeRequest& request, const mask_decoder::DecodeContext& context, const Job& job) {
  // Of the decisions only the points are needed, which costs no decoding.
  const std::vector<mask_decoder::LiftedPoint> points =
      mask_decoder::LiftPrompts(request.object, context.scene, context.container, job);
  const auto is_new = [&](const mask_decoder::LiftedPoint& point) {
    return std::none_of(
        request.before->points.begin(), request.before->points.end(),
        [&](const mask_decoder::LiftedPoint& old) { return old.p_file == point.p_file && old.label == point.label; });
  };
  std::vector<int> encoded;  // the others have no depth, and no mask that could be outdated
  std::copy_if(request.views.begin(), request.views.end(), std::back_inserter(encoded),
               [&](int view) { return context.container.Has(view); });
  NewSights found;
  for (const ViewDecision& sight : mask_decoder::FindPoints(request.object, points, context, encoded, job)) {
    bool sees_new = false;
    for (size_t p = 0; p < points.size(); ++p) {
      if (!is_new(points[p])) continue;
      sees_new |= sight.points[p].state == mask_decoder::PointState::kVisible;
      if (points[p].source_view == sight.view_idx) found.clicked.insert(sight.view_idx);
    }
    if (sees_new) found.views.push_back(sight.view_idx);
  }
  return found;
}

// Adds the views that were not decoded as they were; masks older than a prompt that they see are ignored.
void KeepOtherViews(const DecodedObject& before, const std::vector<int>& seeing_new, DecodedObject* decoded) {
  std::set<int> done;
  for (const ViewDecision& view : decoded->views) done.insert(view.view_idx);
  for (const ViewDecision& view : before.views) {
    if (done.count(view.view_idx) != 0) continue;
    decoded->views.push_back(view);
    if (view.used && std::find(seeing_new.begin(), seeing_new.end(), view.view_idx) != seeing_new.end()) {
      decoded->views.back().used = false;
      decoded->views.back().outcome = mask_decoder::Outcome::kOutdated;
      decoded->views.back().reason = "its mask is older than a click that it sees";
    }
  }
}

DecodedObject DecodeAll(const DecodeRequest& request, const mask_decoder::DecodeContext& context, const Job& job) {
  DecodedObject decoded = mask_decoder::DecodeMasks(request.object, context, request.prompted, request.before, job);
  if (request.before != nullptr && request.prompted.size() != request.views.size())
    KeepOtherViews(*request.before, FindNewSights(request, context, job).views, &decoded);
  decoded.views = InOrderOf(request.views, std::move(decoded.views), context.scene);
  return decoded;
}

DecodedObject CorrectQuickly(const DecodeRequest& request, int max_views, const mask_decoder::DecodeContext& context,
                             const Job& job) {
  SANERF_CHECK(request.before != nullptr);
  const NewSights sights = FindNewSights(request, context, job);
  std::set<int> chosen(sights.clicked);
  for (const int view : scene::ThinnedViews(sights.views, max_views)) chosen.insert(view);
  DecodedObject decoded =
      mask_decoder::DecodeMasks(request.object, context, {chosen.begin(), chosen.end()}, request.before, job);
  KeepOtherViews(*request.before, sights.views, &decoded);
  decoded.views = InOrderOf(request.views, std::move(decoded.views), context.scene);
  return decoded;
}

DecodedObject FirstMasks(const DecodeRequest& request, int max_views, const mask_decoder::DecodeContext& context,
                         const Job& job) {
  std::vector<int> first = FirstViews(request.object, context, request.prompted, max_views, job);
  // Nothing sees the points: what is said then says why.
  if (first.empty()) first = request.prompted;
  DecodedObject decoded = mask_decoder::DecodeMasks(request.object, context, first, nullptr, job);
  decoded.views = InOrderOf(request.views, std::move(decoded.views), context.scene);
  for (ViewDecision& view : decoded.views) {
    const bool comes_later =
        std::find(request.prompted.begin(), request.prompted.end(), view.view_idx) != request.prompted.end();
    if (view.outcome == mask_decoder::Outcome::kNotSelected && comes_later) view.reason = "not looked at yet";
  }
  return decoded;
}

DecodedObject CompleteMasks(const DecodeRequest& request, const mask_decoder::DecodeContext& context, const Job& job) {
  SANERF_CHECK(request.before != nullptr);
  DecodedObject decoded = *request.before;
  // Of its own: a call that is stopped leaves no answers in the other's.
  if (decoded.memory) decoded.memory = decoded.memory->Copy();
  std::vector<int> missing;
  std::erase_if(decoded.views, [&](const ViewDecision& view) {
    const bool is_open =
        view.outcome == mask_decoder::Outcome::kNotSelected || view.outcome == mask_decoder::Outcome::kNotEncoded;
    const bool is_prompted =
        std::find(request.prompted.begin(), request.prompted.end(), view.view_idx) != request.prompted.end();
    if (is_open && is_prompted) missing.push_back(view.view_idx);
    return is_open && is_prompted;
  });
  mask_decoder::DecodeFurther(request.object, context, missing, &decoded, job);
  decoded.views = InOrderOf(request.views, std::move(decoded.views), context.scene);
  return decoded;
}

// Says what the user wants of the views, and how many have a mask then.
void ApplyUses(const EditedObject& object, DecodedObject* decoded, const Job& job) {
  for (ViewDecision& view : decoded->views)
    if (const ViewUse use = object.UseOf(view.view); use != ViewUse::kAuto) mask_decoder::ApplyUse(use, &view);
  const auto num_used =
      std::count_if(decoded->views.begin(), decoded->views.end(), [](const auto& view) { return view.used; });
  if (num_used == 0)
    throw Error(fmt::format("object '{}': no view is left", object.about.name),
                "the user has dropped all that have a mask", "let one of them be used again");
  job.Info(fmt::format("masks  {}: {} of {} {} a mask", object.about.name, num_used,
                       Counted(int64_t(decoded->views.size()), "view"), IsAre(num_used, "has", "have")));
}

}  // namespace

bool NeedsDecoding(const EditedObject& object, const ViewsToDecode& where) {
  if (object.prompts.empty()) return false;
  switch (object.state) {
    case MaskState::kNone:
    case MaskState::kOutgrown:
    case MaskState::kWithdrawn:
      return true;
    case MaskState::kFirst:
    case MaskState::kPartial:
      return !where.is_quick();
    case MaskState::kDecoded:
    case MaskState::kRefined:
    case MaskState::kHeld:
      break;
  }
  return false;
}

DecodedMasks DecodeObject(const EditedObject& object, const ViewsToDecode& where,
                          const mask_decoder::DecodeContext& context, const Job& job) {
  const mask_decoder::ObjectPrompt prompt = object.AsPrompt();
  const bool is_correction = IsCorrection(object), is_begun = object.state == MaskState::kFirst;
  std::vector<int> prompted;
  std::copy_if(where.prompted.begin(), where.prompted.end(), std::back_inserter(prompted), [&](int view_idx) {
    return object.UseOf(context.scene.views[size_t(view_idx)].name) != ViewUse::kNever;
  });
  const DecodeRequest request{prompt, is_correction || is_begun ? object.masks.get() : nullptr, where.views, prompted};
  DecodedObject decoded = is_correction && where.is_quick() ? CorrectQuickly(request, where.max_views, context, job)
                          : where.is_quick()                ? FirstMasks(request, where.max_views, context, job)
                          : is_begun                        ? CompleteMasks(request, context, job)
                                                            : DecodeAll(request, context, job);
  ApplyUses(object, &decoded, job);
  const MaskState state = !where.is_quick() ? MaskState::kDecoded
                          : is_correction   ? MaskState::kPartial
                                            : MaskState::kFirst;
  return {std::make_shared<const DecodedObject>(std::move(decoded)), state};
}

std::vector<ViewDecision> InOrderOf(const std::vector<int>& views, std::vector<ViewDecision> decisions,
                                    const scene::Scene& scene) {
  std::vector<ViewDecision> ordered;
  for (const int view_idx : views) {
    const auto found =
        std::find_if(decisions.begin(), decisions.end(), [&](const ViewDecision& d) { return d.view_idx == view_idx; });
    if (found != decisions.end()) {
      ordered.push_back(std::move(*found));
      continue;
    }
    ViewDecision decision;
    decision.view_idx = view_idx;
    decision.view = scene.views[size_t(view_idx)].name;
    decision.outcome = mask_decoder::Outcome::kNotSelected;
    decision.reason = "the view was not among those that were segmented";
    ordered.push_back(std::move(decision));
  }
  return ordered;
}

}  // namespace sanerf::segmentation
