// Meshroom (AliceVision): cameras.sfm, sfm.json.
#pragma once

#include <filesystem>

#include "sanerf/core/job.h"
#include "sanerf/scene/listing.h"

namespace sanerf::scene {

// Throws Error that names the file and the key.
SceneListing ReadMeshroom(const std::filesystem::path& root, const std::filesystem::path& file, const Job& job);

}  // namespace sanerf::scene
