// Whether a field changes with time, and how finely it tells times apart.
#pragma once

#include "sanerf/nerf/options.h"
#include "sanerf/scene/scene.h"

namespace sanerf::nerf {

// The moments that the training photos of the scene are of; 1 for a field that is the same at all times: of a scene
// that stands still, or because options.over_time says so.
int NumMomentsFor(const scene::Scene& scene, const NerfOptions& options);

}  // namespace sanerf::nerf
