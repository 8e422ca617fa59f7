// transforms.json of instant-ngp, nerfstudio and NeRF-synthetic.
#pragma once

#include <filesystem>

#include "sanerf/core/job.h"
#include "sanerf/scene/listing.h"

namespace sanerf::scene {

// One reader per format. Each throws Error that names the file and the line, key or row.
SceneListing ReadTransforms(const std::filesystem::path& root, const std::filesystem::path& train_file,
                            const std::filesystem::path& test_file, const Job& job);  // test_file may be empty

}  // namespace sanerf::scene
