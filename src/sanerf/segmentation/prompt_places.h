// Whether prompts are where something may be segmented from.
#pragma once

#include "sanerf/mask_decoder/prompts.h"
#include "sanerf/scene/scene.h"

namespace sanerf::segmentation {

// Throws UsageError for what mask_decoder::CheckPlaces refuses, and for a click or box in a held-out photo: those are
// there to score with, and what is segmented must not have seen them. Points in 3D belong to no photo.
void CheckPromptPlaces(const mask_decoder::ObjectPrompt& object, const scene::Scene& scene);

}  // namespace sanerf::segmentation
