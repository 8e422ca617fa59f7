// LLFF: photos and poses_bounds.npy.
#pragma once

#include <filesystem>

#include "sanerf/scene/listing.h"

namespace sanerf {

SceneListing ReadLlff(const std::filesystem::path& root);

}  // namespace sanerf
