// COLMAP: photos and a sparse model.
#pragma once

#include <filesystem>

#include "sanerf/core/job.h"
#include "sanerf/scene/listing.h"

namespace sanerf::scene {

// The model of which most photos are there, or the one of that number (ColmapPlace; -1 = none in particular); what was
// passed over and photos without a pose are warnings. Throws UsageError for a number that no model has.
SceneListing ReadColmap(const std::filesystem::path& root, int number, const Job& job);

// Whether any photo of any of its models is there. Never throws.
bool HasColmapPhotos(const std::filesystem::path& root);

}  // namespace sanerf::scene
