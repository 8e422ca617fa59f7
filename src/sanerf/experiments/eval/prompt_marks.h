// What the user said about an object, drawn where it was said.
#pragma once

#include <vector>

#include "sanerf/core/image.h"
#include "sanerf/mask_decoder/prompts.h"
#include "sanerf/scene/scene.h"

namespace sanerf::experiments {

// The views to show an object's prompts in, `most` at the most: those that its clicks and boxes are in, the ones with
// the most of them first; of 3D points alone the training view that most of them fall into.
std::vector<int> ViewsOfPrompts(const mask_decoder::ObjectPrompt& object, const scene::Scene& scene, size_t most);

// Marks the prompts in a picture (3 channels) of the view, of any size: dots for clicks, rings for 3D points, whether
// they are seen or not, green on the object and red beside it; yellow boxes.
void DrawPrompts(const mask_decoder::ObjectPrompt& object, const scene::Scene& scene, int view_idx, ImageU8* picture);

}  // namespace sanerf::experiments
