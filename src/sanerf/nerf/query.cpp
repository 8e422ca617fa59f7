#include "sanerf/nerf/query.h"

#include "sanerf/core/check.h"
#include "sanerf/core/parallel.h"
#include "sanerf/kernels/isa.h"
#include "sanerf/nerf/field_points.h"
#include "sanerf/nerf/model_access.h"
#include "sanerf/nerf/sample_features.h"

namespace sanerf::nerf {

using kernels::kTile;
using kernels::Tiled;
using kernels::TiledSize;

namespace {

constexpr int64_t kPointsAtOnce = 4096;

Eigen::Vector3f ModelPoint(const NerfModel& model, const Vec3& p_file) {
  return (model.model_from_file() * p_file).cast<float>();
}

// Of points begin, begin + 1, ...; points, times: those alone.
void CopyDensities(const NerfModel& model, const QueriedPoints& of, const FieldPoints& asked, int64_t begin,
                   PointValues* values) {
  nn::Buffer densities(TiledSize(asked.num_tiles(), 1));
  const Tiled<float> density(densities.data(), 1);
  for (int64_t tile = 0; tile < asked.num_tiles(); ++tile)
    kernels::Kernels().exp(asked.geometry().Tile(tile), kTile, density.Tile(tile));
  for (size_t i = 0; i < of.points.size(); ++i) {
    const float time = of.times.empty() ? 0 : float(of.times[i]);
    const bool is_occupied =
        ModelAccess::Traced(model).occupancy.IsOccupied(ModelPoint(model, of.points[i]).data(), time);
    values->density[size_t(begin) + i] =
        is_occupied ? float(density(int64_t(i), 0) * model.model_from_file().scale) : 0.0f;
  }
}

void CopyColors(const NerfModel& model, std::span<const Vec3> directions, const FieldPoints& asked, int64_t begin,
                PointValues* values) {
  nn::Buffer buffer(TiledSize(asked.num_tiles(), 3));
  const Tiled<float> along(buffer.data(), 3);
  for (size_t i = 0; i < directions.size(); ++i) {
    const Eigen::Vector3f direction = (model.model_from_file().rotation * directions[i]).cast<float>();
    along.Set(int64_t(i), direction.data());
  }
  ColorPass pass(ModelAccess::Traced(model).field);
  const Tiled<const float> rgb = pass.Colors(asked.geometry().data(), along.data(), asked.num_tiles());
  for (size_t i = 0; i < directions.size(); ++i) rgb.Get(int64_t(i), values->color[size_t(begin) + i].data());
}

}  // namespace

PointValues Query(const NerfModel& model, const QueriedPoints& asked, const Job& job) {
  const auto& [points, directions, times] = asked;
  SANERF_CHECK(directions.empty() || directions.size() == points.size());
  SANERF_CHECK(times.empty() || times.size() == points.size());
  PointValues values;
  values.density.resize(points.size());
  values.geometry.resize(points.size());
  values.color.resize(directions.size());
  const ThreadLimit threads(job.num_threads());
  ParallelForChunks(int64_t(points.size()), kPointsAtOnce, [&](int64_t begin, int64_t end) {
    job.ThrowIfStopped("the query of the radiance field");
    const size_t first = size_t(begin), count = size_t(end - begin);
    const QueriedPoints part{asked.points.subspan(first, count),
                             asked.directions.empty() ? asked.directions : asked.directions.subspan(first, count),
                             asked.times.empty() ? asked.times : asked.times.subspan(first, count)};
    FieldPoints field_points(ModelAccess::Traced(model).field, end - begin);
    for (size_t i = 0; i < count; ++i)
      field_points.Set(int64_t(i), ModelPoint(model, part.points[i]).data(),
                       part.times.empty() ? 0 : float(part.times[i]));
    field_points.Evaluate();
    for (size_t i = 0; i < count; ++i) field_points.geometry().Get(int64_t(i), values.geometry[first + i].data());
    CopyDensities(model, part, field_points, begin, &values);
    if (!part.directions.empty()) CopyColors(model, part.directions, field_points, begin, &values);
  });
  return values;
}

std::vector<float> StillShares(const NerfModel& model, std::span<const std::array<float, 3>> unit, const Job& job) {
  std::vector<float> shares(unit.size(), 1.0f);
  const RadianceField& field = ModelAccess::Traced(model).field;
  if (!field.moving) return shares;
  const ThreadLimit threads(job.num_threads());
  ParallelForChunks(int64_t(unit.size()), kPointsAtOnce, [&](int64_t begin, int64_t end) {
    job.ThrowIfStopped("the query of the radiance field");
    const int64_t num_tiles = kernels::NumTiles(end - begin);
    nn::Buffer positions(TiledSize(num_tiles, 3), 0.5f), times(TiledSize(num_tiles, 1)),
        features(TiledSize(num_tiles, field.grid.num_outputs()));
    for (int64_t i = begin; i < end; ++i) Tiled<float>(positions.data(), 3).Set(i - begin, unit[size_t(i)].data());
    SampleFeatures pass(field);
    pass.Begin();
    pass.Forward(positions.data(), times.data(), 0, num_tiles, features.data());
    for (size_t k = 0; k < pass.moving_samples().size(); ++k) {
      const int64_t i = begin + pass.moving_samples()[k];
      if (pass.moving_samples()[k] >= 0 && i < end) shares[size_t(i)] = pass.moving_shares()[k];
    }
  });
  return shares;
}

}  // namespace sanerf::nerf
