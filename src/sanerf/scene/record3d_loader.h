// Record3D: the folder of an EXR and JPG export, or an unpacked .r3d.
#pragma once

#include <filesystem>

#include "sanerf/core/job.h"
#include "sanerf/scene/listing.h"

namespace sanerf::scene {

bool IsRecord3d(const std::filesystem::path& root);

// Throws Error that names the file and the key, and when photos and poses are not equally many.
SceneListing ReadRecord3d(const std::filesystem::path& root, const Job& job);

}  // namespace sanerf::scene
