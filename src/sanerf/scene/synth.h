// The procedural scene: a ray-traced tabletop with exact instance masks and depth, in NeRF-synthetic format.
#pragma once

#include <filesystem>

#include "sanerf/core/camera.h"
#include "sanerf/core/image.h"
#include "sanerf/core/option_values.h"

namespace sanerf {

struct SynthOptions {
  int views = 60;  // training views; a fifth as many test views are added
  int size = 400;  // pixels, square
  int seed = 1;
  int samples = 9;  // per pixel, for antialiasing and soft shadows

  template <class V>
  void Visit(V&& v) {
    v("views", views, "training views on a dome around the table; a fifth as many test views are added",
      Range(2, 1000));
    v("size", size, "image width and height in pixels", Range(16, 4096));
    v("seed", seed, "seed of layout, textures and cameras", kSeeds);
    v("samples", samples, "samples per pixel, for antialiasing and soft shadows", Range(1, 256));
  }
};

struct SynthView {
  ImageU8 rgb;   // 3 channels, sRGB
  ImageU8 mask;  // instance id of the surface at the pixel's centre, 0 = floor and background
  ImageF depth;  // z-depth of the same point, file units; 0 = nothing
};

SynthView RenderSynthView(const Camera& camera, const SynthOptions& options);

// Writes transforms_train.json, transforms_test.json, train/, test/, train_mask/, test_mask/, test_depth/ (16-bit PNG x
// integer_depth_scale), scene.json (instances) and prompts.json: for each target object up to three positive clicks
// in each of up to three training views (from different sides, where it is well visible), in the format of the prompts file, with its instance id.
void WriteSynthScene(const std::filesystem::path& folder, const SynthOptions& options);

}  // namespace sanerf
