// A field's networks asked about many places together, on one thread: the density of points, the color of samples.
#pragma once

#include "sanerf/kernels/tiled.h"
#include "sanerf/nerf/field.h"
#include "sanerf/nerf/sample_features.h"

namespace sanerf::nerf {

// Points asked of the density network.
class FieldPoints {
 public:
  // Points that are not set are the middle of the grid.
  FieldPoints(const RadianceField& field, int64_t num_points);

  void Set(int64_t i, const float p[3], float time = 0);  // model frame; time of the scene, 0 to 1
  void Evaluate();
  // After Evaluate, of a field over time: what it asked its moving part about, by point.
  const SampleFeatures& moving() const { return sample_features_; }

  int64_t num_tiles() const { return num_tiles_; }
  kernels::Tiled<const float> positions() const { return {positions_.data(), 3}; }  // in the unit cube
  // Outputs of the density network; valid after Evaluate.
  kernels::Tiled<const float> geometry() const { return {geometry_.data(), RadianceField::kGeometry}; }

 private:
  const RadianceField& field_;
  int64_t num_tiles_;
  SampleFeatures sample_features_;
  nn::Buffer positions_, times_, features_, hidden_, geometry_;
};

// Samples in tiles asked of the color network.
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
