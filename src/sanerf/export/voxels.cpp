#include "sanerf/export/voxels.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "sanerf/core/check.h"
#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/json.h"
#include "sanerf/core/npy.h"
#include "sanerf/core/options.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/system_info.h"
#include "sanerf/export/fuse_views.h"
#include "sanerf/nerf/query.h"

namespace fs = std::filesystem;

namespace sanerf::exports {
namespace {

constexpr int kVoxelViewSide = 256;

// Row by row of each layer: what the field says, and where it says that there is something, whose it is.
std::vector<float> DensitiesAt(const GridPlace& place, const nerf::NerfModel& nerf,
                               const mask_aggregator::ObjectModel* objects, int label, const Job& job) {
  std::vector<float> values(size_t(place.num_corners()), 0);
  Task task(job, "voxels", place.size[2], "layers");
  std::vector<Vec3> points, dense;
  std::vector<size_t> where;
  for (int z = 0; z < place.size[2]; ++z) {
    points.clear();
    for (int y = 0; y < place.size[1]; ++y)
      for (int x = 0; x < place.size[0]; ++x) points.push_back(place.At(x, y, z));
    const nerf::PointValues of_layer = nerf::Query(nerf, points, {}, job);
    dense.clear(), where.clear();
    const size_t first = place.Index(0, 0, z);
    for (size_t i = 0; i < points.size(); ++i) {
      values[first + i] = of_layer.density[i];
      if (label < 0 || of_layer.density[i] <= 0) continue;
      dense.push_back(points[i]);
      where.push_back(first + i);
    }
    if (!dense.empty()) {
      const std::vector<float> probabilities = objects->ProbabilitiesAt(dense, job);
      const size_t num_labels = size_t(objects->num_labels());
      for (size_t i = 0; i < dense.size(); ++i) values[where[i]] *= probabilities[i * num_labels + size_t(label)];
    }
    task.Update(z + 1);
  }
  task.Finish();
  return values;
}

}  // namespace

VoxelGrid MakeVoxels(const nerf::NerfModel& nerf, const mask_aggregator::ObjectModel* objects, int label,
                     const scene::Scene& scene, const VoxelOptions& options, const Job& job) {
  CheckOptions(options, "voxels");
  SANERF_CHECK(label < 0 || (objects != nullptr && label < objects->num_labels()));
  const ThreadLimit threads(job.num_threads());
  const std::vector<SurfaceView> views = RenderSurfaceViews(
      nerf, objects, label, scene, {.num_views = options.views, .longest_side = kVoxelViewSide}, job);
  if (views.empty())
    throw Error("there is nothing to fill voxels with",
                label < 0 ? "no photo shows anything in the middle of the scene"
                          : fmt::format("no photo shows object {}", label),
                "look at its masks: sanerf render RUN --layers mask");
  VoxelGrid grid;
  grid.what = options.value;
  grid.place = PlaceGrid(BoxOfSubject(views), options.resolution);
  CheckMemory(fmt::format("{}x{}x{} voxels", grid.place.size[0], grid.place.size[1], grid.place.size[2]),
              2.0 * sizeof(float) * double(grid.place.num_corners()), "make it coarser: --set voxels.resolution=96",
              job);
  if (options.value == VoxelValue::kDensity) {
    grid.values = DensitiesAt(grid.place, nerf, objects, label, job);
  } else {
    grid.values = FuseViews(views, grid.place, job).values;
    for (float& value : grid.values) value = value < 0 ? 1.0f : 0.0f;
  }
  return grid;
}

std::vector<fs::path> WriteVoxels(const fs::path& path, const VoxelGrid& grid) {
  const auto& [origin, spacing, size] = grid.place;
  const fs::path beside = fs::path(path).replace_extension(".json");
  const bool is_density = grid.what == VoxelValue::kDensity;
  const Json text = {
      {"file_from_voxel", Json::array({{spacing, 0.0, 0.0, origin.x()},
                                       {0.0, spacing, 0.0, origin.y()},
                                       {0.0, 0.0, spacing, origin.z()},
                                       {0.0, 0.0, 0.0, 1.0}})},
      {"order", "[z][y][x]; the matrix takes (x, y, z, 1) to the middle of a voxel"},
      {"frame", "the scene's own"},
      {"values", is_density ? "density per unit of the scene, times the object's probability" : "1 inside, 0 outside"}};
  WriteFileAtomic(beside, text.dump(1) + "\n");
  try {
    WriteNpy(path, {size[2], size[1], size[0]}, grid.values.data());
  } catch (...) {
    std::error_code ignored;
    fs::remove(beside, ignored);
    throw;
  }
  return {path, beside};
}

}  // namespace sanerf::exports
