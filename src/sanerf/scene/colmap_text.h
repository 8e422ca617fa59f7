// cameras.txt, images.txt and points3D.txt.
#pragma once

#include <filesystem>

#include "sanerf/scene/colmap_model.h"

namespace sanerf::scene {

ColmapModel ReadColmapText(const std::filesystem::path& folder, bool with_points = true);

}  // namespace sanerf::scene
