// Ground-truth masks that lie in a folder of their own.
#pragma once

#include <filesystem>

#include "sanerf/scene/listing.h"

namespace sanerf::scene {

// Gives the views that have no ground truth the masks of that folder, if it exists (mask_files.h says how names match).
// What does not match becomes a warning.
void AttachMasks(SceneListing& listing, const std::filesystem::path& folder);

// SPIn-NeRF keeps masks in a folder "label" inside that of the photos; warns when only photos of another size have one.
void AttachLabels(SceneListing& listing, const std::filesystem::path& photos);

}  // namespace sanerf::scene
