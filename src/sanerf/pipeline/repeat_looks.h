// Votes of all masks in 3D, then a second look at every view with what the others say, until they agree no better.
#pragma once

#include <vector>

#include "sanerf/mask_decoder/mask_decoder.h"
#include "sanerf/nerf/model.h"
#include "sanerf/pipeline/settings.h"

namespace sanerf {

// At most settings.segment.looks rounds; a round that does not raise the mean agreement is undone. decoded[i] belongs to
// prompts.objects[i]; all have the same views.
void RepeatLooks(const Prompts& prompts, const Scene& scene, const NerfModel& nerf, const FeatureContainer& container,
                 Sam& sam, const Settings& settings, std::vector<DecodedObject>* decoded);

}  // namespace sanerf
