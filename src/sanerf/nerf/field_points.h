// Points asked of the density network together, on one thread.
#pragma once

#include "sanerf/kernels/tiled.h"
#include "sanerf/nerf/field.h"

namespace sanerf::nerf {

class FieldPoints {
 public:
  // Points that are not set are the middle of the grid.
  FieldPoints(const RadianceField& field, int64_t num_points);

  void Set(int64_t i, const float p[3]);  // model frame
  void Evaluate();

  int64_t num_tiles() const { return num_tiles_; }
  kernels::Tiled<const float> positions() const { return {positions_.data(), 3}; }  // in the unit cube
  // Outputs of the density network; valid after Evaluate.
  kernels::Tiled<const float> geometry() const { return {geometry_.data(), RadianceField::kGeometry}; }

 private:
  const RadianceField& field_;
  int64_t num_tiles_;
  nn::Buffer positions_, features_, hidden_, geometry_;
};

}  // namespace sanerf::nerf
