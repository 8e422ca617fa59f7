#include "sanerf/baselines/sa3d/voxel_scores.h"

#include <algorithm>
#include <array>

#include "sanerf/core/check.h"
#include "sanerf/core/parallel.h"
#include "sanerf/nerf/block_tracer.h"
#include "sanerf/nerf/ray_samples.h"

namespace sanerf {
namespace {

// The voxels around a position; at the border of the cube the outermost ones stand for those beyond.
std::array<CellCorner, 8> VoxelsAround(const float* position, int64_t stride, int voxels) {
  std::array<CellCorner, 8> corners = TrilinearCorners(position, stride, voxels);
  for (CellCorner& corner : corners)
    for (int& i : corner.cell) i = std::clamp(i, 0, voxels - 1);
  return corners;
}

struct Sample {
  float unit[3];
  float weight;
};

// Samples of the pixels of some rows, and how many each pixel has.
struct TracedRows {
  std::vector<Sample> samples;
  std::vector<int> counts;
};

TracedRows TraceRows(const NerfModel& nerf, const Camera& model_camera, int y0, int y1, float min_weight) {
  TracedRows rows;
  RayTracer tracer(nerf.field(), nerf.occupancy(), nerf.trace_options(), /*keep_waves=*/true);
  ForEachRaySamples(tracer, RaysOf(model_camera, {0, y0, model_camera.width, y1}),
                    [&](size_t, const std::vector<int>& slots) {
                      rows.counts.push_back(0);
                      for (const int slot : slots) {
                        if (tracer.weights()[slot] <= min_weight) continue;
                        const RaySample sample = SampleInSlot(tracer, slot);
                        rows.samples.push_back({{sample.unit[0], sample.unit[1], sample.unit[2]}, sample.weight});
                        ++rows.counts.back();
                      }
                    });
  return rows;
}

}  // namespace

// Corners of the four samples or so that carry light in each pixel, twice while they are put together; a voxel's key
// and place in the index, and per object two sums and a count. Surfaces are some six sheets of the grid's side squared,
// if there are as many corners.
double VoxelScoreBytes(double pixels_of_view, size_t num_views, int voxels, size_t num_objects) {
  constexpr double kSamples = 4, kCorners = 8, kSheets = 6;
  const double corners = pixels_of_view * kSamples * kCorners;
  const double touched = std::min(corners * double(num_views), kSheets * double(voxels) * voxels);
  return 2 * corners * double(sizeof(TracedPixels::Corner)) + touched * (24 + 12.0 * double(num_objects));
}

TracedPixels VoxelGrid::Trace(const NerfModel& nerf, const Camera& camera, float min_weight) {
  constexpr int kRows = 16;
  const Camera model_camera = camera.In(nerf.model_from_file());
  std::vector<TracedRows> blocks(size_t((camera.height + kRows - 1) / kRows));
  ParallelForChunks(int64_t(blocks.size()), 1, [&](int64_t b, int64_t) {
    const int y0 = int(b) * kRows;
    blocks[size_t(b)] = TraceRows(nerf, model_camera, y0, std::min(camera.height, y0 + kRows), min_weight);
  });

  TracedPixels pixels{camera.width, camera.height, {0}, {}};
  for (const TracedRows& block : blocks) {
    const Sample* sample = block.samples.data();
    for (const int count : block.counts) {
      for (int i = 0; i < count; ++i, ++sample)
        for (const CellCorner& corner : VoxelsAround(sample->unit, 1, cells_.cells_per_axis()))
          if (corner.weight > 0) pixels.corners.push_back({cells_.Insert(corner.cell), corner.weight * sample->weight});
      pixels.first.push_back(int64_t(pixels.corners.size()));
    }
  }
  return pixels;
}

void VoxelScores::AddView(const TracedPixels& pixels, const ImageU8& mask, float negative) {
  SANERF_CHECK(mask.width == pixels.width && mask.height == pixels.height);
  std::vector<uint32_t> touched;
  for (size_t p = 0; p < mask.data.size(); ++p) {
    const float sign = mask.data[p] != 0 ? 1.0f : -negative;
    for (int64_t i = pixels.first[p]; i < pixels.first[p + 1]; ++i) {
      const TracedPixels::Corner& corner = pixels.corners[size_t(i)];
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

ImageF VoxelScores::Render(const TracedPixels& pixels) const {
  ImageF image(pixels.width, pixels.height, 1);
  for (size_t p = 0; p < image.data.size(); ++p)
    for (int64_t i = pixels.first[p]; i < pixels.first[p + 1]; ++i)
      image.data[p] += pixels.corners[size_t(i)].weight * Score(pixels.corners[size_t(i)].voxel);
  return image;
}

float VoxelScores::At(const CellIndex& cells, const float* position, int64_t stride) const {
  float score = 0;
  for (const CellCorner& corner : VoxelsAround(position, stride, cells.cells_per_axis())) {
    const uint32_t voxel = cells.Find(corner.cell);
    if (voxel != CellIndex::kNone) score += corner.weight * Score(voxel);
  }
  return score;
}

}  // namespace sanerf
