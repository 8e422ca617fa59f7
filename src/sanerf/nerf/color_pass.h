// The color network asked about samples in tiles, on one thread.
#pragma once

#include "sanerf/kernels/tiled.h"
#include "sanerf/nerf/field.h"

namespace sanerf::nerf {

class ColorPass {
 public:
  explicit ColorPass(const RadianceField& field) : field_(field) {}

  // Tiled: outputs of the density network [RadianceField::kGeometry], unit directions [3] -> rgb [3], valid until the
  // next call.
  kernels::Tiled<const float> Colors(const float* geometry, const float* directions, int64_t num_tiles);

 private:
  const RadianceField& field_;
  nn::Buffer inputs_, hidden_, rgb_;
};

}  // namespace sanerf::nerf
