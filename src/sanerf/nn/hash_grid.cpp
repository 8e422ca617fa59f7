#include "sanerf/nn/hash_grid.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

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
  if (o.time_top != 0) {
    CheckNumber(grid + "time_top", o.time_top, kGridTimes);
    CheckNumber(grid + "time_base", o.time_base, Range(kGridTimes.low, o.time_top));
  }
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
  shape.has_time = o.time_top != 0;
  shape.linear_time = o.linear_time;
  const auto growth_to = [&](int top, int base) {
    return o.levels > 1 ? std::log(double(top) / base) / (o.levels - 1) : 0;
  };
  const double growth = growth_to(o.top, o.base), time_growth = shape.has_time ? growth_to(o.time_top, o.time_base) : 0;
  uint64_t rows = 0;
  for (int l = 0; l < o.levels; ++l) {
    kernels::GridLevel& level = shape.levels[l];
    level.resolution = static_cast<uint32_t>(std::ceil(o.base * std::exp(growth * l) - 1e-6));
    // Of one level alone it is the finest's times that count: all moments have to be told apart.
    if (shape.has_time)
      level.num_times = o.levels == 1
                            ? uint32_t(o.time_top)
                            : static_cast<uint32_t>(std::ceil(o.time_base * std::exp(time_growth * l) - 1e-6));
    const uint64_t dense_rows = uint64_t(level.resolution) * level.resolution * level.resolution * level.num_times;
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

void HashGrid::Forward(const float* positions, int64_t num_tiles, float* out) const {
  kernels::Kernels().grid_forward(shape_, params_.values.data(), positions, num_tiles, out);
}

void HashGrid::BackwardLevel(int level, const float* positions, const float* grad_out, int64_t num_tiles) {
  kernels::Kernels().grid_backward(shape_, level, positions, grad_out, num_tiles, params_.grads.data());
}

void HashGrid::StepLevel(int l, const kernels::AdamStep& step) {
  const kernels::GridLevel& level = shape_.levels[l];
  const int64_t begin = int64_t(level.row_offset) * shape_.num_features;
  params_.Step(step, begin, begin + int64_t(level.num_rows) * shape_.num_features);
}

}  // namespace sanerf::nn
