// From where on along its rays a camera sees what others see too: what is nearer belongs to its own photo alone, and no
// other can say whether something is there.
#pragma once

#include <vector>

#include "sanerf/core/camera.h"
#include "sanerf/core/job.h"

namespace sanerf::nerf {

struct SightRange {
  double near = 0.05, far = 4;  // model units, of the rays that are looked along
};

// For each camera (model frame) the distance from which on at least half as many of the other cameras see a place on
// its rays as see the one that most of them do: the median over rays all over its picture. 0 where none sees any. It
// grows with the scene, whatever its units, and asks for no distance of anybody. Throws InterruptedError.
std::vector<float> CommonSightDistances(const std::vector<Camera>& cameras, const SightRange& range, const Job& job);

}  // namespace sanerf::nerf
