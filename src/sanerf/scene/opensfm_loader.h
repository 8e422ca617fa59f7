// OpenSfM and OpenDroneMap: reconstruction.json.
#pragma once

#include <filesystem>

#include "sanerf/core/job.h"
#include "sanerf/scene/listing.h"

namespace sanerf::scene {

// Of several reconstructions the one with the most photos. Throws Error that names the file and the key.
SceneListing ReadOpenSfm(const std::filesystem::path& root, const std::filesystem::path& file, const Job& job);

}  // namespace sanerf::scene
