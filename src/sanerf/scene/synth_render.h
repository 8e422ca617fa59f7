#pragma once

#include "sanerf/scene/synth.h"
#include "sanerf/scene/synth_world.h"

namespace sanerf {

// One view of a world that is built once for many views. samples: per pixel, rounded to a square number.
SynthView RenderSynthView(const SynthWorld& world, const Camera& camera, int samples);

}  // namespace sanerf
