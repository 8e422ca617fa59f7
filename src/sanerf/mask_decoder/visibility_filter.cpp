#include "sanerf/mask_decoder/visibility_filter.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>

namespace sanerf::mask_decoder {
namespace {

// "2 occluded, 1 outside"
std::string CountStates(const ViewDecision& decision) {
  std::map<std::string, int> counts;
  for (const auto& point : decision.points) ++counts[point.label == 1 ? NameOf(point.state) : "negative"];
  std::string text;
  for (const auto& [state, count] : counts) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, state);
  return text.empty() ? "no points" : text;
}

}  // namespace

VisibilityRule VisibilityRuleFor(const ObjectPrompt& object, const std::vector<LiftedPoint>& points) {
  if (object.min_visible > 0) return {object.min_visible, false};
  int num_positive = 0;
  for (const LiftedPoint& point : points) num_positive += point.label;
  return {std::max(1, (num_positive + 3) / 4), true};
}

bool SeesEnough(const VisibilityRule& rule, ViewDecision& decision) {
  int positive_visible = 0, num_positive = 0;
  for (const auto& point : decision.points) {
    num_positive += point.label;
    positive_visible += point.label == 1 && point.state == PointState::kVisible;
  }
  const int counted = rule.positives_only ? positive_visible : decision.num_visible;
  const int of = rule.positives_only ? num_positive : static_cast<int>(decision.points.size());
  if (decision.has_box) return true;
  if (positive_visible == 0) {
    Reject(decision, Outcome::kHidden, fmt::format("no positive point is visible ({})", CountStates(decision)));
    return false;
  }
  if (counted < rule.needed) {
    Reject(decision, Outcome::kTooFew,
           fmt::format("{} of {} {}points visible, {} needed", counted, of, rule.positives_only ? "positive " : "",
                       rule.needed));
    return false;
  }
  return true;
}

}  // namespace sanerf::mask_decoder
