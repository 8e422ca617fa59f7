// COLMAP: photos and a sparse model.
#pragma once

#include <filesystem>

#include "sanerf/core/job.h"
#include "sanerf/scene/listing.h"

namespace sanerf::scene {

bool IsColmapModel(const std::filesystem::path& folder);
SceneListing ReadColmap(const std::filesystem::path& root, const std::filesystem::path& model_folder, const Job& job);

}  // namespace sanerf::scene
