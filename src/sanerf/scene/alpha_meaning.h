// What the alpha channel of a scene's photos means.
#pragma once

#include "sanerf/core/job.h"
#include "sanerf/scene/listing.h"

namespace sanerf::scene {

// Whether alpha cuts things out: nearly all pixels of some photos are opaque or transparent, and there are both. Alpha
// that says something else (one value everywhere, next to nothing, depth perhaps) is not used, which is a note, and so
// it is where only a part of the photos has a channel; a few photos without one among others that are cut out are left
// out, which is a warning. Throws Error for a photo that cannot be read, InterruptedError.
bool DecideAlpha(SceneListing& listing, const Job& job);

}  // namespace sanerf::scene
