// Options of the procedural scene.
#pragma once

#include <algorithm>

#include "sanerf/core/option_values.h"

namespace sanerf::synth {

struct SynthOptions {
  int views = 60;  // training views; a fifth as many test views are added, at least one
  int size = 400;  // pixels, square
  int seed = 1;
  int samples = 9;  // per pixel, for antialiasing and soft shadows
  bool turntable = false;
  int stands = 1;  // of a turntable

  template <class V>
  void Visit(V&& v) {
    v("views", views, "training views on a dome around the table; a fifth as many test views are added",
      Range(2, 1000));
    v("size", size, "image width and height in pixels", Range(16, 4096));
    v("seed", seed, "seed of layout, textures and cameras", kSeeds);
    v("samples", samples, "samples per pixel, for antialiasing and soft shadows", Range(1, 256));
    v("turntable", turntable,
      "the things turn on a plate in front of a camera that stands still, and so do the room and the light behind "
      "them");
    v("stands", stands, "of a turntable, the places, one above the other, that the camera takes its photos from",
      Range(1, 4));
  }
};

inline int NumTestViews(const SynthOptions& options) { return std::max(1, options.views / 5); }

}  // namespace sanerf::synth
