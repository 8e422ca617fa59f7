// Clicks to 3D (Eq. 6).
#pragma once

#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/feature_container/feature_container.h"
#include "sanerf/mask_decoder/decoded_object.h"
#include "sanerf/mask_decoder/prompts.h"
#include "sanerf/scene/scene.h"

namespace sanerf::mask_decoder {

// Lifts the object's points and clicks; points that were given in 3D come first and stay as they are. Throws UsageError
// for a click outside its image or an unknown view, Error for a click that hits nothing and for a place that is both
// positive and negative.
std::vector<LiftedPoint> LiftPrompts(const ObjectPrompt& object, const scene::Scene& scene,
                                     const feature_container::FeatureContainer& container, const Job& job);

}  // namespace sanerf::mask_decoder
