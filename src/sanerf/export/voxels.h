// An object as a grid of numbers.
#pragma once

#include <filesystem>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/core/option_values.h"
#include "sanerf/export/signed_grid.h"
#include "sanerf/mask_aggregator/object_model.h"
#include "sanerf/nerf/model.h"
#include "sanerf/scene/scene.h"

namespace sanerf::exports {

enum class VoxelValue : uint8_t {
  kDensity,  // of the radiance field, per file unit, times the object's probability
  kSolid,    // 1 inside as FuseViews has it, which the mesh is made of (mesh.h), 0 outside
};

struct VoxelOptions {
  int resolution = 128;
  VoxelValue value = VoxelValue::kDensity;
  int views = 60;

  template <class V>
  void Visit(V&& v) {
    v("resolution", resolution, "voxels along the longest side of the object's box", Range(8, 512));
    v("value", value, "what a voxel holds: density times the object's probability, or whether it is inside",
      OneOf(Choice{"density", VoxelValue::kDensity}, Choice{"solid", VoxelValue::kSolid}));
    v("views", views, "photos' cameras that say where the object is, at most", Range(2, 2000));
  }
};

struct VoxelGrid {
  GridPlace place;            // values are at its corners: voxel (x, y, z) has its center at place.At(x, y, z)
  std::vector<float> values;  // as GridPlace::Index has them
  VoxelValue what = VoxelValue::kDensity;
};

// label: of `objects`; -1: the middle of the scene. Throws UsageError (options), Error when no photo sees anything of
// it, InterruptedError.
VoxelGrid MakeVoxels(const nerf::NerfModel& nerf, const mask_aggregator::ObjectModel* objects, int label,
                     const scene::Scene& scene, const VoxelOptions& options, const Job& job);

// An array [z][y][x] of floats for NumPy, and NAME.json beside it: file_from_voxel, the 4 x 4 matrix that takes (x, y,
// z, 1) to the file frame in double precision; what the values are. Returns both files. Throws WriteError; there is
// none then.
std::vector<std::filesystem::path> WriteVoxels(const std::filesystem::path& path, const VoxelGrid& grid);

}  // namespace sanerf::exports
