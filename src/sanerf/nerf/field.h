// The radiance field of instant-NGP: hash grid -> density network -> (density, geometry feature); with the direction's
// spherical harmonics -> color network.
#pragma once

#include <memory>

#include "sanerf/nerf/options.h"
#include "sanerf/nn/hash_grid.h"
#include "sanerf/nn/mlp.h"
#include "sanerf/nn/training_step.h"

namespace sanerf::nn {
class CheckpointReader;
struct CheckpointWriter;
}  // namespace sanerf::nn

namespace sanerf::nerf {

// Of the field's table. contracted: see RadianceField.
nn::HashGridOptions GridOptionsOf(const NerfOptions& options, bool contracted);

class RadianceField {
 public:
  static constexpr int kGeometry =
      16;  // outputs of the density network: log density, then 15 features (as instant-ngp)
  static constexpr int kColorInputs = kGeometry + 16;  // and the spherical harmonics of the direction
  static constexpr char kGridName[] = "grid";          // of the table in checkpoints

  // contracted: the scene reaches beyond [-1, 1]^3 (extent > 1).
  RadianceField(const NerfOptions& options, bool contracted, uint64_t seed);

  // options: those that this one was made with. Its values, without gradients and moments.
  std::shared_ptr<RadianceField> FrozenCopy(const NerfOptions& options) const;

  // Model-frame point to the grid's unit cube. Contracted: L-infinity contraction of mip-NeRF 360 as in the release
  // (identity inside the unit ball of the maximum norm, else x / m with the largest component at 2 - 1/m), range [-2,
  // 2].
  void ToUnit(const float p[3], float unit[3]) const;
  // Its inverse, inside of the cube: what lies on its faces is infinitely far away where the scene is contracted.
  void FromUnit(const float unit[3], float p[3]) const;
  bool contracted() const { return contracted_; }

  nn::HashGrid grid;
  nn::Mlp density;
  nn::Mlp color;

  // The color network. Tiled: outputs of the density network [kGeometry], unit directions [3] -> its inputs
  // [kColorInputs] and hidden layers, kept for the backward, rgb [3] after the sigmoid.
  void Color(const float* density_out, const float* directions, int64_t num_tiles, float* inputs, float* hidden,
             float* rgb) const;

  std::vector<const nn::Parameters*> networks() const { return {&density.params(), &color.params()}; }
  nn::FieldParameters trainable() { return {&grid, {&density.params(), &color.params()}}; }

  void AddTo(nn::CheckpointWriter* writer) const;
  void ReadFrom(const nn::CheckpointReader& reader);

 private:
  bool contracted_;
};

}  // namespace sanerf::nerf
