// The visibility filter: a view is decoded where it sees enough of the points.
#pragma once

#include <vector>

#include "sanerf/mask_decoder/decoded_object.h"
#include "sanerf/mask_decoder/prompts.h"

namespace sanerf::mask_decoder {

// How many points must be visible (k), of the positive ones or of all. A positive one always must.
struct VisibilityRule {
  int needed = 1;
  bool positives_only = false;
};
// object.min_visible of all points; when that is 0 a quarter of the positive ones.
VisibilityRule VisibilityRuleFor(const ObjectPrompt& object, const std::vector<LiftedPoint>& points);

// Whether the view sees enough of decision.points; a box shows the object by itself. If not, the decision says why.
bool SeesEnough(const VisibilityRule& rule, ViewDecision& decision);

}  // namespace sanerf::mask_decoder
