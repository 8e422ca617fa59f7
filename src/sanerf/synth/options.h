// Options of the procedural scene.
#pragma once

#include <algorithm>
#include <cstdint>

#include "sanerf/core/option_values.h"

namespace sanerf::synth {

enum class SynthPath : uint8_t { kDome, kWalk };

struct SynthOptions {
  int views = 60;  // training views; a fifth as many test views are added, at least one
  SynthPath path = SynthPath::kDome;
  int size = 400;  // pixels, square
  int seed = 1;
  int samples = 9;  // per pixel, for antialiasing and soft shadows

  template <class V>
  void Visit(V&& v) {
    v("views", views, "training views; a fifth as many test views, on a dome around the table, are added",
      Range(2, 1000));
    v("path", path,
      "where the training views stand: all over that dome, or along one walk around the table, as the frames of a "
      "video",
      OneOf(Choice{"dome", SynthPath::kDome}, Choice{"walk", SynthPath::kWalk}));
    v("size", size, "image width and height in pixels", Range(16, 4096));
    v("seed", seed, "seed of layout, textures and cameras", kSeeds);
    v("samples", samples, "samples per pixel, for antialiasing and soft shadows", Range(1, 256));
  }
};

inline int NumTestViews(const SynthOptions& options) { return std::max(1, options.views / 5); }

}  // namespace sanerf::synth
