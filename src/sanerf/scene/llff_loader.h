// LLFF: photos and poses_bounds.npy.
#pragma once

#include <filesystem>

#include "sanerf/core/job.h"
#include "sanerf/scene/listing.h"

namespace sanerf::scene {

SceneListing ReadLlff(const std::filesystem::path& root, const Job& job);

}  // namespace sanerf::scene
