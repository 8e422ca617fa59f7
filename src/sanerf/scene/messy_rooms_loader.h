// Scenes of Messy Rooms.
#pragma once

#include <filesystem>

#include "sanerf/core/job.h"
#include "sanerf/scene/listing.h"

namespace sanerf::scene {

bool IsMessyRooms(const std::filesystem::path& root);

SceneListing ReadMessyRooms(const std::filesystem::path& root, const Job& job);

}  // namespace sanerf::scene
