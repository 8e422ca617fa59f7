#include "sanerf/nn/hash_grid.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sanerf/core/check.h"
#include "sanerf/core/error.h"
#include "sanerf/core/options.h"
#include "sanerf/core/random.h"
#include "sanerf/kernels/isa.h"
#include "sanerf/nn/field_ranges.h"

namespace sanerf::nn {

namespace {

static_assert(kGridLevels.high == kernels::kMaxLevels);

void CheckGrid(const std::string& name, const HashGridOptions& o) {
  const std::string grid = "hash grid " + name + ", ";
  CheckNumber(grid + "levels", o.levels, kGridLevels);
  CheckNumber(grid + "log2_table", o.log2_table, kGridLog2Table);
  CheckNumber(grid + "base", o.base, kGridBase);
  CheckNumber(grid + "top", o.top, Range(o.base, 2 * kGridTop.high));
  const auto& features = kGridFeatures.values;
  if (std::find(features.begin(), features.end(), o.features) == features.end())
    throw UsageError(fmt::format("{}features {}", grid, o.features),
                     fmt::format("expected one of {}", fmt::join(features, ", ")));
}

kernels::GridShape ShapeFor(const std::string& name, const HashGridOptions& o) {
  CheckGrid(name, o);
  kernels::GridShape shape;
  shape.num_levels = o.levels;
  shape.num_features = o.features;
  const double growth = o.levels > 1 ? std::log(double(o.top) / o.base) / (o.levels - 1) : 0;
  uint64_t rows = 0;
  for (int l = 0; l < o.levels; ++l) {
    kernels::GridLevel& level = shape.levels[l];
    level.resolution = static_cast<uint32_t>(std::ceil(o.base * std::exp(growth * l) - 1e-6));
    const uint64_t dense_rows = uint64_t(level.resolution) * level.resolution * level.resolution;
    level.dense = dense_rows <= (uint64_t{1} << o.log2_table);
    level.num_rows = level.dense ? uint32_t((dense_rows + 7) / 8 * 8) : uint32_t{1} << o.log2_table;
    level.row_offset = rows;
    rows += level.num_rows;
  }
  return shape;
}

int64_t NumValues(const kernels::GridShape& shape) {
  const kernels::GridLevel& last = shape.levels[shape.num_levels - 1];
  return int64_t(last.row_offset + last.num_rows) * shape.num_features;
}

}  // namespace

int64_t NumTableValues(const HashGridOptions& options) { return NumValues(ShapeFor("table", options)); }

HashGrid::HashGrid(const std::string& name, const HashGridOptions& o, uint64_t seed) : shape_(ShapeFor(name, o)) {
  params_.name = name;
  params_.values = Buffer(NumValues(shape_));
  Random random(seed, 0x6772);
  for (float& value : params_.values.span()) value = (2 * random.NextFloat() - 1) * 1e-4f;
}

void HashGrid::SetLevelWeights(std::vector<float> weights) {
  SANERF_CHECK(weights.empty() || int(weights.size()) == shape_.num_levels);
  level_weights_ = std::move(weights);
}

void HashGrid::Forward(const float* positions, int64_t num_tiles, float* out) const {
  kernels::Kernels().grid_forward(shape_, params_.values.data(), positions, num_tiles, out);
  const int64_t per_level = int64_t{shape_.num_features} * kernels::kTile;
  for (size_t l = 0; l < level_weights_.size(); ++l) {
    const float weight = level_weights_[l];
    if (weight == 1) continue;
    for (int64_t tile = 0; tile < num_tiles; ++tile) {
      float* of_level = out + (tile * shape_.num_levels + int64_t(l)) * per_level;
      for (int64_t i = 0; i < per_level; ++i) of_level[i] *= weight;
    }
  }
}

void HashGrid::BackwardLevel(int level, const float* positions, const float* grad_out, int64_t num_tiles) {
  const float weight = level_weights_.empty() ? 1 : level_weights_[size_t(level)];
  if (weight == 0) return;  // closed: its rows stay as they are
  if (weight == 1)
    return kernels::Kernels().grid_backward(shape_, level, positions, grad_out, num_tiles, params_.grads.data());
  // The level by itself, with its gradients multiplied as its outputs were.
  kernels::GridShape alone;
  alone.num_levels = 1;
  alone.num_features = shape_.num_features;
  alone.levels[0] = shape_.levels[level];
  const int64_t per_level = int64_t{shape_.num_features} * kernels::kTile;
  Buffer weighted(num_tiles * per_level);
  for (int64_t tile = 0; tile < num_tiles; ++tile) {
    const float* from = grad_out + (tile * shape_.num_levels + level) * per_level;
    for (int64_t i = 0; i < per_level; ++i) weighted[tile * per_level + i] = weight * from[i];
  }
  kernels::Kernels().grid_backward(alone, 0, positions, weighted.data(), num_tiles, params_.grads.data());
}

void HashGrid::StepLevel(int l, const kernels::AdamStep& step) {
  const kernels::GridLevel& level = shape_.levels[l];
  const int64_t begin = int64_t(level.row_offset) * shape_.num_features;
  params_.Step(step, begin, begin + int64_t(level.num_rows) * shape_.num_features);
}

}  // namespace sanerf::nn
