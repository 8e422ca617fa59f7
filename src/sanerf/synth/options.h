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
  bool moving = false;
  int cameras = 8, moments = 24;  // of a moving scene

  template <class V>
  void Visit(V&& v) {
    v("views", views, "training views on a dome around the table; a fifth as many test views are added",
      Range(2, 1000));
    v("size", size, "image width and height in pixels", Range(16, 4096));
    v("seed", seed, "seed of layout, textures and cameras", kSeeds);
    v("samples", samples, "samples per pixel, for antialiasing and soft shadows", Range(1, 256));
    v("moving", moving,
      "a scene over time: a ball goes behind a box and a mug turns, in front of cameras that stand still");
    v("cameras", cameras, "of a moving scene, the cameras to train on; one more is held out", Range(2, 100));
    v("moments", moments, "of a moving scene, the photos that each camera takes", Range(2, 1000));
  }
};

// Views to train on, and those that are held out.
inline int NumTrainViews(const SynthOptions& options) {
  return options.moving ? options.cameras * options.moments : options.views;
}
inline int NumTestViews(const SynthOptions& options) {
  return options.moving ? options.moments : std::max(1, options.views / 5);
}

}  // namespace sanerf::synth
