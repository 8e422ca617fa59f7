// Any supported folder of photos to a Scene.
#pragma once

#include <filesystem>

#include "sanerf/core/job.h"
#include "sanerf/scene/scene.h"

namespace sanerf::scene {

// What LoadScene looks for in a folder is there.
bool HoldsScene(const std::filesystem::path& folder);

// Detects the format from what the folder holds (a path to a transforms*.json works too). Reports nothing; see
// summary, warnings. Throws Error for a missing or empty folder, broken files, absent intrinsics, NaN or singular
// poses, no image left.
Scene LoadScene(const std::filesystem::path& path, const SceneOptions& options, const Job& job);

}  // namespace sanerf::scene
