// The second pass of a capture whose background fits no radiance field: what an object of a run covers in the training
// views, as masks to train the run again on (nerf/pixel_uses.h).
#pragma once

#include <filesystem>
#include <string>

#include "sanerf/core/job.h"
#include "sanerf/run/run_folder.h"
#include "sanerf/scene/scene.h"

namespace sanerf::pipeline {

// Renders the object's masks of all training views into the folder. Throws UsageError for an object that the run does
// not have, Error for one of an earlier radiance field or a mask that cannot be written, InterruptedError.
void WriteInsideMasks(const run::RunFolder& run, const std::string& object, const scene::Scene& scene,
                      const std::filesystem::path& folder, const Job& job);

}  // namespace sanerf::pipeline
