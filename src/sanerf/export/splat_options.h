// What 3D Gaussians are fitted to and how (splats.h).
#pragma once

#include <cstdint>
#include <vector>

#include "sanerf/core/option_values.h"

namespace sanerf::exports {

struct SplatSubject {
  enum class What : uint8_t { kObjects, kScene, kSceneWithoutObjects };
  What what = What::kScene;
  std::vector<int> labels = {};  // which objects; of kScene none
};

enum class SplatError : uint8_t { kAbsolute, kSquared };

struct SplatOptions {
  int count = 60'000;  // at most
  int steps = 1500;
  int views = 60;
  int resolution = 320;
  int color_degree = 1;
  SplatError error = SplatError::kAbsolute;
  double ssim = 0.2;
  double rate = 1;
  int seed = 0;

  template <class V>
  void Visit(V&& v) {
    v("count", count, "Gaussians, at most; about three fifths of them are there at the beginning",
      Range(100, 4'000'000));
    v("steps", steps, "optimization steps, each on one view of the field", Range(1, 100'000));
    v("views", views, "views of the field that the Gaussians are fitted to", Range(1, 2000));
    v("resolution", resolution, "longest side in pixels of the part of each view that shows something",
      Range(16, 4096));
    v("color_degree", color_degree, "how colors change with the direction, as degree of spherical harmonics",
      OneOf(0, 1, 2));
    v("error", error, "error of a pixel",
      OneOf(Choice{"absolute", SplatError::kAbsolute}, Choice{"squared", SplatError::kSquared}));
    v("ssim", ssim, "share of structural similarity in the loss", Range(0, 1));
    v("rate", rate, "factor on all learning rates", Range(0.01, 100));
    v("seed", seed, "seed of views' order and backgrounds", kSeeds);
  }
};

}  // namespace sanerf::exports
