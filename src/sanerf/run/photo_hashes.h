// What a scene's photos and cameras are, so that another photo under an old name, a photo that came or went, and an
// edited camera are noticed and named.
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
// The same of each photo's size, lens and pose.
Json CameraHashes(const scene::Scene& scene);
// Of the scene as a whole: changes when views, cameras, split or image sizes on disk change.
std::string SceneHash(const scene::Scene& scene);

// How the scene differs from the one that `run` was trained on, "the photo b.png is not the one that RUN was trained
// on". photos, cameras: the hashes of then, empty where they were not recorded. None when all are the same.
std::optional<std::string> WhyOtherPhotos(const Json& photos, const Json& cameras, const scene::Scene& scene,
                                          const std::string& run, const Job& job);

}  // namespace sanerf::run
