// The procedural scene: a ray-traced tabletop with exact instance masks and depth, in NeRF-synthetic format.
#pragma once

#include <filesystem>

#include "sanerf/core/job.h"
#include "sanerf/synth/options.h"

namespace sanerf::synth {

// Writes transforms_train.json, transforms_test.json, train/, test/, train_mask/, test_mask/, test_depth/ (16-bit PNG x
// integer_depth_scale), scene.json (instances) and prompts.json: for each target object up to three positive clicks
// in each of up to three training views (from different sides, where it is well visible), in the format of the prompts
// file, with its instance id.
//
// A moving scene is named by camera and moment (train/c3_t07.png) and has "time", "step" and "camera_id" in its frames;
// its cameras stand still, that which is held out as well, and its prompts are of the first moment.
void WriteSynthScene(const std::filesystem::path& folder, const SynthOptions& options, const Job& job);

}  // namespace sanerf::synth
