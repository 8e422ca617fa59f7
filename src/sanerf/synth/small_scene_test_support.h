// For tests: a procedural scene that is rendered in a moment.
#pragma once

#include "sanerf/synth/options.h"

namespace sanerf::synth {

// views: to train on; size: pixels per side.
inline SynthOptions SmallScene(int views, int size) {
  SynthOptions options;
  options.views = views;
  options.size = size;
  options.samples = 1;
  return options;
}

// cameras: to train on.
inline SynthOptions SmallMovingScene(int cameras, int moments, int size) {
  SynthOptions options = SmallScene(2, size);
  options.moving = true;
  options.cameras = cameras;
  options.moments = moments;
  return options;
}

}  // namespace sanerf::synth
