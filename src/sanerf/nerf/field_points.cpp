#include "sanerf/nerf/field_points.h"

namespace sanerf::nerf {

using kernels::TiledSize;

FieldPoints::FieldPoints(const RadianceField& field, int64_t num_points)
    : field_(field),
      num_tiles_(kernels::NumTiles(num_points)),
      sample_features_(field),
      positions_(TiledSize(num_tiles_, 3), 0.5f),
      times_(field.moving ? TiledSize(num_tiles_, 1) : 0),
      features_(TiledSize(num_tiles_, field.grid.num_outputs())),
      hidden_(TiledSize(num_tiles_, field.density.shape().HiddenWidth())),
      geometry_(TiledSize(num_tiles_, RadianceField::kGeometry)) {}

void FieldPoints::Set(int64_t i, const float p[3], float time) {
  float unit[3];
  field_.ToUnit(p, unit);
  kernels::Tiled<float>(positions_.data(), 3).Set(i, unit);
  if (field_.moving) times_[i] = time;
}

void FieldPoints::Evaluate() {
  sample_features_.Begin();
  sample_features_.Forward(positions_.data(), times_.data(), 0, num_tiles_, features_.data());
  field_.density.Forward(features_.data(), num_tiles_, hidden_.data(), geometry_.data());
}

kernels::Tiled<const float> ColorPass::Colors(const float* geometry, const float* directions, int64_t num_tiles) {
  inputs_.Reserve(TiledSize(num_tiles, RadianceField::kColorInputs));
  hidden_.Reserve(TiledSize(num_tiles, field_.color.shape().HiddenWidth()));
  rgb_.Reserve(TiledSize(num_tiles, 3));
  field_.Color(geometry, directions, num_tiles, inputs_.data(), hidden_.data(), rgb_.data());
  return {rgb_.data(), 3};
}

}  // namespace sanerf::nerf
