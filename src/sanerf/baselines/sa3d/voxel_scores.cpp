#include "sanerf/baselines/sa3d/voxel_scores.h"

#include <algorithm>
#include <array>

#include "sanerf/core/check.h"
#include "sanerf/nerf/trace.h"

namespace sanerf::baselines {

using mask_aggregator::CellCorner;

namespace {

// The voxels around a position; at the border of the cube the outermost ones stand for those beyond.
std::array<CellCorner, 8> VoxelsAround(const float* position, int voxels) {
  std::array<CellCorner, 8> corners = mask_aggregator::TrilinearCorners(position, voxels);
  for (CellCorner& corner : corners)
    for (int& i : corner.cell) i = std::clamp(i, 0, voxels - 1);
  return corners;
}

}  // namespace

// Corners of the four samples or so that carry light in each pixel, twice while they are put together; a voxel's key
// and place in the index, and per object two sums and a count. Surfaces are some six sheets of the grid's side squared,
// if there are as many corners.
double VoxelScoreBytes(double pixels_of_view, size_t num_views, int voxels, size_t num_objects) {
  constexpr double kSamples = 4, kCorners = 8, kSheets = 6;
  const double corners = pixels_of_view * kSamples * kCorners;
  const double touched = std::min(corners * double(num_views), kSheets * double(voxels) * voxels);
  return 2 * corners * double(sizeof(VoxelPixels::Corner)) + touched * (24 + 12.0 * double(num_objects));
}

VoxelPixels VoxelGrid::Trace(const nerf::NerfModel& nerf, const Camera& camera, float min_weight, const Job& job) {
  const Camera model_camera = camera.In(nerf.model_from_file());
  const nerf::TracedRays rays =
      sanerf::nerf::Trace(nerf, nerf::RaysOf(model_camera, {0, 0, camera.width, camera.height}),
                          {.min_weight = std::max(nerf::kMinSampleWeight, min_weight)}, job);
  VoxelPixels pixels{camera.width, camera.height, {0}, {}};
  for (size_t ray = 0; ray < size_t(rays.num_rays()); ++ray) {
    for (size_t s = size_t(rays.first[ray]); s < size_t(rays.first[ray + 1]); ++s)
      for (const CellCorner& corner : VoxelsAround(rays.unit[s].data(), cells_.cells_per_axis()))
        if (corner.weight > 0) pixels.corners.push_back({cells_.Insert(corner.cell), corner.weight * rays.weight[s]});
    pixels.first.push_back(int64_t(pixels.corners.size()));
  }
  return pixels;
}

void VoxelScores::AddView(const VoxelPixels& pixels, const ImageU8& mask, float negative) {
  SANERF_CHECK(mask.width == pixels.width && mask.height == pixels.height);
  std::vector<uint32_t> touched;
  for (size_t p = 0; p < mask.data.size(); ++p) {
    const float sign = mask.data[p] != 0 ? 1.0f : -negative;
    for (int64_t i = pixels.first[p]; i < pixels.first[p + 1]; ++i) {
      const VoxelPixels::Corner& corner = pixels.corners[size_t(i)];
      if (corner.voxel >= added_.size()) {
        added_.resize(corner.voxel + 1, 0);
        sums_.resize(added_.size(), 0);
        counts_.resize(added_.size(), 0);
      }
      if (added_[corner.voxel] == 0) touched.push_back(corner.voxel);
      added_[corner.voxel] += sign * corner.weight;
    }
  }
  for (const uint32_t voxel : touched) {
    if (added_[voxel] == 0) continue;  // listed twice, or nothing changed
    sums_[voxel] += added_[voxel];
    ++counts_[voxel];
    added_[voxel] = 0;
  }
}

ImageF VoxelScores::Render(const VoxelPixels& pixels) const {
  ImageF image(pixels.width, pixels.height, 1);
  for (size_t p = 0; p < image.data.size(); ++p)
    for (int64_t i = pixels.first[p]; i < pixels.first[p + 1]; ++i)
      image.data[p] += pixels.corners[size_t(i)].weight * Score(pixels.corners[size_t(i)].voxel);
  return image;
}

float VoxelScores::At(const mask_aggregator::CellIndex& cells, const float* position) const {
  float score = 0;
  for (const CellCorner& corner : VoxelsAround(position, cells.cells_per_axis())) {
    const uint32_t voxel = cells.Find(corner.cell);
    if (voxel != mask_aggregator::CellIndex::kNone) score += corner.weight * Score(voxel);
  }
  return score;
}

}  // namespace sanerf::baselines
