#include "sanerf/nerf/field.h"

#include <algorithm>
#include <cmath>

#include "sanerf/kernels/isa.h"
#include "sanerf/kernels/tiled.h"
#include "sanerf/nn/checkpoint.h"

namespace sanerf::nerf {

namespace {

std::vector<int> Widths(int in, int hidden, int layers, int out) {
  std::vector<int> widths = {in};
  widths.insert(widths.end(), size_t(layers), hidden);
  widths.push_back(out);
  return widths;
}

}  // namespace

nn::HashGridOptions GridOptionsOf(const NerfOptions& o, bool contracted) {
  return {o.levels, o.features, o.log2_table, o.base, o.top * (contracted ? 2 : 1)};
}

RadianceField::RadianceField(const NerfOptions& o, bool contracted, uint64_t seed, int num_moments)
    : grid(kGridName, GridOptionsOf(o, contracted), seed),
      density("density", Widths(o.levels * o.features, o.density_width, o.density_layers, kGeometry), 0, seed + 1),
      color("colour", Widths(kColorInputs, o.color_width, o.color_layers, 3), 0, seed + 2),  // its name in checkpoints
      contracted_(contracted) {
  if (num_moments > 1) moving = std::make_unique<MovingPart>(o, contracted, num_moments, seed + 3);
}

nn::FieldParameters RadianceField::trainable() {
  nn::FieldParameters all{&grid, {&density.params(), &color.params()}};
  if (moving) all.more_grids = {{&moving->grid}, {&moving->mask, moving->mask_rate()}};
  return all;
}

std::vector<const nn::Parameters*> RadianceField::AllParameters() const {
  std::vector<const nn::Parameters*> all = {&grid.params(), &density.params(), &color.params()};
  if (moving) all.insert(all.end(), {&moving->grid.params(), &moving->mask.params()});
  return all;
}

std::vector<nn::Parameters*> RadianceField::AllParameters() {
  std::vector<nn::Parameters*> all = {&grid.params(), &density.params(), &color.params()};
  if (moving) all.insert(all.end(), {&moving->grid.params(), &moving->mask.params()});
  return all;
}

std::shared_ptr<RadianceField> RadianceField::FrozenCopy(const NerfOptions& options) const {
  auto copy = std::make_shared<RadianceField>(options, contracted_, 0, num_moments());
  const std::vector<const nn::Parameters*> from = AllParameters();
  const std::vector<nn::Parameters*> to = copy->AllParameters();
  for (size_t i = 0; i < from.size(); ++i) std::copy_n(from[i]->values.data(), from[i]->size(), to[i]->values.data());
  return copy;
}

void RadianceField::ToUnit(const float p[3], float unit[3]) const {
  if (!contracted_) {
    for (int a = 0; a < 3; ++a) unit[a] = 0.5f * p[a] + 0.5f;
    return;
  }
  const float m = std::max({std::fabs(p[0]), std::fabs(p[1]), std::fabs(p[2])});
  for (int a = 0; a < 3; ++a) {
    float c = p[a];
    if (m > 1) c = std::fabs(p[a]) == m ? std::copysign(2 - 1 / m, p[a]) : p[a] / m;
    unit[a] = 0.25f * c + 0.5f;
  }
}

void RadianceField::Color(const float* density_out, const float* directions, int64_t num_tiles, float* inputs,
                          float* hidden, float* rgb) const {
  const kernels::Tiled<float> in(inputs, kColorInputs);
  const kernels::Tiled<const float> geometry(density_out, kGeometry), direction(directions, 3);
  kernels::CopyChannels(geometry, 0, kGeometry, num_tiles, in, 0);
  for (int64_t tile = 0; tile < num_tiles; ++tile)
    kernels::Kernels().spherical_harmonics(direction.Tile(tile), 1, in.Tile(tile) + kGeometry * kernels::kTile);
  color.Forward(inputs, num_tiles, hidden, rgb);
  kernels::Kernels().sigmoid(rgb, kernels::TiledSize(num_tiles, 3), rgb);
}

void RadianceField::AddTo(nn::CheckpointWriter* writer) const {
  for (const nn::Parameters* p : AllParameters()) writer->Add(p->name, p->values.span());
}

void RadianceField::ReadFrom(const nn::CheckpointReader& reader) {
  for (nn::Parameters* p : AllParameters()) reader.ReadFinite(p->name, p->values.span());
}

}  // namespace sanerf::nerf
