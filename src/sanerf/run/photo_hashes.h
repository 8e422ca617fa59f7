// What the photos of a scene hold, so that another photo under an old name is noticed.
#pragma once

#include <optional>
#include <string>

#include "sanerf/core/job.h"
#include "sanerf/core/json_fwd.h"
#include "sanerf/scene/scene.h"

namespace sanerf::run {

// {"train/000.png": 16 hexadecimal digits of its contents' sha256, ...}. Files that are known already are not read
// again (core/content_hash.h). Throws Error for a photo that cannot be read, InterruptedError.
Json PhotoHashes(const scene::Scene& scene, const Job& job);

// The first photo whose contents are not the recorded ones; none when all are, or when the names differ anyway.
std::optional<std::string> ChangedPhoto(const Json& recorded, const scene::Scene& scene, const Job& job);

}  // namespace sanerf::run
