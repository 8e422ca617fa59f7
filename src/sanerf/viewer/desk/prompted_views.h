// Which photos prompts wait for, and what further photos should show.
#pragma once

#include <vector>

#include "sanerf/segmentation/prompt_edits.h"
#include "sanerf/segmentation/segmentation_input.h"

namespace sanerf::viewer {

// The photos that the prompts were given in are encoded. Of points in space alone: one is that frames a positive one of
// them, or any is and no more will come.
bool HasPromptedViews(const mask_decoder::ObjectPrompt& prompt, const segmentation::SegmentationInput& ground,
                      bool all_encoded);

// Where the positive prompts are (file frame), so far as that is known.
std::vector<Vec3> PromptedPoints(const segmentation::PromptEdits& edits);

}  // namespace sanerf::viewer
