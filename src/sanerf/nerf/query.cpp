#include "sanerf/nerf/query.h"

#include "sanerf/core/check.h"
#include "sanerf/core/parallel.h"
#include "sanerf/kernels/isa.h"
#include "sanerf/nerf/field_points.h"
#include "sanerf/nerf/model_access.h"

namespace sanerf::nerf {

using kernels::kTile;
using kernels::Tiled;
using kernels::TiledSize;

namespace {

constexpr int64_t kPointsAtOnce = 4096;

Eigen::Vector3f ModelPoint(const NerfModel& model, const Vec3& p_file) {
  return (model.model_from_file() * p_file).cast<float>();
}

// Of points begin, begin + 1, ...
void CopyDensities(const NerfModel& model, std::span<const Vec3> points, const FieldPoints& asked, int64_t begin,
                   PointValues* values) {
  nn::Buffer densities(TiledSize(asked.num_tiles(), 1));
  const Tiled<float> density(densities.data(), 1);
  for (int64_t tile = 0; tile < asked.num_tiles(); ++tile)
    kernels::Kernels().exp(asked.geometry().Tile(tile), kTile, density.Tile(tile));
  for (size_t i = 0; i < points.size(); ++i) {
    const bool is_occupied = ModelAccess::Traced(model).occupancy.IsOccupied(ModelPoint(model, points[i]).data());
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

PointValues Query(const NerfModel& model, std::span<const Vec3> points, std::span<const Vec3> directions,
                  const Job& job) {
  SANERF_CHECK(directions.empty() || directions.size() == points.size());
  PointValues values;
  values.density.resize(points.size());
  values.geometry.resize(points.size());
  values.color.resize(directions.size());
  const ThreadLimit threads(job.num_threads());
  ParallelForChunks(int64_t(points.size()), kPointsAtOnce, [&](int64_t begin, int64_t end) {
    job.ThrowIfStopped("the query of the radiance field");
    const size_t first = size_t(begin), count = size_t(end - begin);
    FieldPoints asked(ModelAccess::Traced(model).field, end - begin);
    for (int64_t i = begin; i < end; ++i) asked.Set(i - begin, ModelPoint(model, points[size_t(i)]).data());
    asked.Evaluate();
    for (size_t i = 0; i < count; ++i) asked.geometry().Get(int64_t(i), values.geometry[first + i].data());
    CopyDensities(model, points.subspan(first, count), asked, begin, &values);
    if (!directions.empty()) CopyColors(model, directions.subspan(first, count), asked, begin, &values);
  });
  return values;
}

std::vector<Vec3> PointsAt(const NerfModel& model, std::span<const std::array<float, 3>> unit) {
  const Similarity file_from_model = model.model_from_file().Inverse();
  const RadianceField& field = ModelAccess::Traced(model).field;
  std::vector<Vec3> points;
  points.reserve(unit.size());
  for (const std::array<float, 3>& at : unit) {
    Eigen::Vector3f p;
    field.FromUnit(at.data(), p.data());
    points.push_back(file_from_model * p.cast<double>());
  }
  return points;
}

}  // namespace sanerf::nerf
