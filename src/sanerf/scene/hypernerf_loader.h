// Nerfies and HyperNeRF (Park et al. 2021): dataset.json, metadata.json, scene.json, camera/ID.json, rgb/1x/ID.png. A
// telephone, or two on a bar, carried around something that moves.
#pragma once

#include <filesystem>

#include "sanerf/core/job.h"
#include "sanerf/scene/listing.h"

namespace sanerf::scene {

bool IsHyperNerf(const std::filesystem::path& root);
// The photos of the largest rgb/Nx. Each one's moment is its warp_id (time_id where there is one), spread over 0 to 1.
// Held out is what val_ids lists; without any there is no split. Throws Error.
SceneListing ReadHyperNerf(const std::filesystem::path& root, const Job& job);

}  // namespace sanerf::scene
