// Photos and renderings in linear light, of any range (OpenEXR).
#pragma once

#include "sanerf/core/job.h"
#include "sanerf/scene/listing.h"

namespace sanerf::scene {

// One exposure for all of them, as they have to agree with each other: 1, as renderers mean it, unless the pictures
// would be black or white then. What was decided becomes a note. Throws Error for a photo that cannot be read,
// InterruptedError.
void DecideExposure(SceneListing& listing, const Job& job);

}  // namespace sanerf::scene
