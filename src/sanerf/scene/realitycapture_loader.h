// RealityCapture (RealityScan): the CSV "Internal/External camera parameters" beside the photos.
#pragma once

#include <filesystem>

#include "sanerf/core/job.h"
#include "sanerf/scene/listing.h"

namespace sanerf::scene {

// Throws Error that names the file and the line or column.
SceneListing ReadRealityCapture(const std::filesystem::path& root, const std::filesystem::path& file, const Job& job);

}  // namespace sanerf::scene
