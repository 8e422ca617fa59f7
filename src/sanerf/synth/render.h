// Ray-traced pictures of the tabletop.
#pragma once

#include "sanerf/core/camera.h"
#include "sanerf/core/image.h"
#include "sanerf/core/job.h"
#include "sanerf/synth/options.h"
#include "sanerf/synth/world.h"

namespace sanerf::synth {

struct SynthView {
  ImageU8 rgb;   // 3 channels, sRGB
  ImageU8 mask;  // instance id of the surface at the pixel's center, 0 = floor and background
  ImageF depth;  // z-depth of the same point, file units; 0 = nothing
};

// camera: in the frame of the scene's files, of a turntable that of the plate.
SynthView RenderSynthView(const Camera& camera, const SynthOptions& options, const Job& job);
// One view of a world that is built once for many views. samples: per pixel, rounded to a square number.
SynthView RenderSynthView(const SynthWorld& world, const Camera& camera, int samples, const Job& job);

}  // namespace sanerf::synth
