// Polycam's raw data: keyframes/ with a camera file for each photo.
#pragma once

#include <filesystem>

#include "sanerf/core/job.h"
#include "sanerf/scene/listing.h"

namespace sanerf::scene {

bool IsPolycam(const std::filesystem::path& root);

// The corrected photos and cameras where Polycam has made them. Throws Error that names the camera file and the key.
SceneListing ReadPolycam(const std::filesystem::path& root, const Job& job);

}  // namespace sanerf::scene
