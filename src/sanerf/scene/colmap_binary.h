// cameras.bin, images.bin and points3D.bin.
#pragma once

#include <filesystem>

#include "sanerf/scene/colmap_model.h"

namespace sanerf::scene {

// Throw Error with file and line (text) or record (binary) for anything missing, truncated or unreadable.
ColmapModel ReadColmapBinary(const std::filesystem::path& folder, bool with_points = true);

}  // namespace sanerf::scene
