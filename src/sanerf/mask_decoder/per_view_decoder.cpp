#include "sanerf/mask_decoder/per_view_decoder.h"

#include <algorithm>

#include "sanerf/mask_decoder/lift.h"
#include "sanerf/mask_decoder/mask_decoder.h"
#include "sanerf/mask_decoder/places.h"

namespace sanerf::mask_decoder {

std::vector<LiftedPoint> PointsOnObject(const ObjectPrompt& object, const DecodeContext& context, const Job& job) {
  std::vector<LiftedPoint> points = LiftPrompts(object, context.scene, context.container, job);
  const bool has_positive =
      std::any_of(points.begin(), points.end(), [](const LiftedPoint& point) { return point.label == 1; });
  if (has_positive && context.options.seed_points == 0) return points;
  const std::vector<int> prompted = PromptedViews({{object}}, context.scene);
  if (prompted.empty()) return points;
  return DecodeMasks(object, context, prompted, nullptr, job).points;
}

PerViewDecoder::PerViewDecoder(const ObjectPrompt& object, const DecodeContext& context, const Job& job)
    : decider_(MakeDecider(object, context)), points_(PointsOnObject(object, context, job)) {}

ViewDecision PerViewDecoder::Decide(int view_idx, const Job& job) const {
  return decider_.Decide(view_idx, points_, {/*needed=*/1, /*positives_only=*/true}, job);
}

std::map<int, ImageU8> PerViewDecoder::MasksFor(const std::vector<int>& views, const Job& job) const {
  std::map<int, ImageU8> masks;
  for (const int view_idx : views) {
    ImageU8 mask = Decide(view_idx, job).mask;
    if (!mask.empty()) masks[view_idx] = std::move(mask);
  }
  return masks;
}

}  // namespace sanerf::mask_decoder
