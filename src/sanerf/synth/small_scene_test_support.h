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

}  // namespace sanerf::synth
