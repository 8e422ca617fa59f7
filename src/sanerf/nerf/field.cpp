#include "sanerf/nerf/field.h"

#include <algorithm>
#include <cmath>
#include <limits>

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

RadianceField::RadianceField(const NerfOptions& o, bool contracted, uint64_t seed)
    : grid(kGridName, GridOptionsOf(o, contracted), seed),
      density("density", Widths(o.levels * o.features, o.density_width, o.density_layers, kGeometry), 0, seed + 1),
      color("colour", Widths(kColorInputs, o.color_width, o.color_layers, 3), 0, seed + 2),  // its name in checkpoints
      contracted_(contracted) {}

std::shared_ptr<RadianceField> RadianceField::FrozenCopy(const NerfOptions& options) const {
  auto copy = std::make_shared<RadianceField>(options, contracted_, 0);
  const auto take = [](const nn::Parameters& from, nn::Parameters* to) {
    std::copy_n(from.values.data(), from.size(), to->values.data());
  };
  take(grid.params(), &copy->grid.params());
  take(density.params(), &copy->density.params());
  take(color.params(), &copy->color.params());
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

void RadianceField::FromUnit(const float unit[3], float p[3]) const {
  const float range = contracted_ ? 4.0f : 2.0f;  // of the grid, centered
  for (int a = 0; a < 3; ++a) p[a] = range * (unit[a] - 0.5f);
  const float m = std::max({std::fabs(p[0]), std::fabs(p[1]), std::fabs(p[2])});
  if (!contracted_ || m <= 1) return;
  // The largest component is 2 - 1 / t of a point whose largest component is t; the others were divided by t.
  const float t = 1 / std::max(2 - m, std::numeric_limits<float>::min());
  for (int a = 0; a < 3; ++a) p[a] = std::fabs(p[a]) == m ? std::copysign(t, p[a]) : p[a] * t;
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
  for (const nn::Parameters* p : {&grid.params(), &density.params(), &color.params()})
    writer->Add(p->name, p->values.span());
}

void RadianceField::ReadFrom(const nn::CheckpointReader& reader) {
  for (nn::Parameters* p : {&grid.params(), &density.params(), &color.params()})
    reader.ReadFinite(p->name, p->values.span());
}

}  // namespace sanerf::nerf
