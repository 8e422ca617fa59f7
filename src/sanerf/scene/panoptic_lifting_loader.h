// Scenes as Panoptic Lifting lays them out.
#pragma once

#include <filesystem>

#include "sanerf/core/job.h"
#include "sanerf/scene/listing.h"

namespace sanerf::scene {

// Whether the folder is laid out as Panoptic Lifting's scenes (and ScanNet's own export), or as those of Messy Rooms.
bool IsPanopticLifting(const std::filesystem::path& root);

SceneListing ReadPanopticLifting(const std::filesystem::path& root, const Job& job);

}  // namespace sanerf::scene
