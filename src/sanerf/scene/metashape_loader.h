// Agisoft Metashape: cameras.xml (File, Export, Export Cameras) beside the photos.
#pragma once

#include <filesystem>

#include "sanerf/core/job.h"
#include "sanerf/scene/listing.h"

namespace sanerf::scene {

// Poses are those of the chunk after the transform of their component, or of the chunk, where there is one: what
// Metashape shows and exports models in. Throws Error that names the file, the camera or the sensor.
SceneListing ReadMetashape(const std::filesystem::path& root, const std::filesystem::path& file, const Job& job);

}  // namespace sanerf::scene
