// Cross-view self-prompting (SA3D section 3.3): points for SAM from a rendered map of scores.
#pragma once

#include <functional>

#include "sanerf/core/image.h"
#include "sanerf/sam/sam.h"

namespace sanerf::baselines {

// scores and depth (z-depth, 0 = nothing there) of one size; decode: SAM's mask for the points so far, at that size,
// non-zero = object. The first point is where the score is highest. Each further one is where the score, lowered by the
// distance from the last point (in the image and in depth) times the highest score around SAM's present mask, is
// highest; the surroundings of earlier points are left out. At most max_points; none when no score is above 0.
std::vector<sam::SamPrompt::Point> SelfPrompts(
    const ImageF& scores, const ImageF& depth, int max_points,
    const std::function<ImageU8(const std::vector<sam::SamPrompt::Point>&)>& decode);

}  // namespace sanerf::baselines
