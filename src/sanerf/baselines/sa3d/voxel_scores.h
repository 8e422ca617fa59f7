// Scores of objects on a grid of voxels, and how masks change them (mask inverse rendering, SA3D Eq. 5 and 6). Only
// voxels near surfaces are ever touched, so only those are kept.
#pragma once

#include <vector>

#include "sanerf/core/image.h"
#include "sanerf/core/job.h"
#include "sanerf/mask_aggregator/cell_index.h"
#include "sanerf/nerf/model.h"

namespace sanerf::baselines {

// A view's samples that carry light, each with the eight voxel centers around it.
struct VoxelPixels {
  struct Corner {
    uint32_t voxel;
    float weight;  // trilinear, times the sample's share of the light
  };
  int width = 0, height = 0;
  std::vector<int64_t> first;  // of pixel i, one more at the end; in corners
  std::vector<Corner> corners;
};

// Bytes: one view's rays, and the scores of all objects on voxels near surfaces.
double VoxelScoreBytes(double pixels_of_view, size_t num_views, int voxels, size_t num_objects);

class VoxelGrid {
 public:
  // voxels: per axis of the unit cube that the radiance field's own grid covers.
  explicit VoxelGrid(int voxels) : cells_(voxels) {}

  // camera: file frame. Samples with at most min_weight of a ray's light are left out. Parallel inside; throws
  // InterruptedError.
  VoxelPixels Trace(const nerf::NerfModel& nerf, const Camera& camera, float min_weight, const Job& job);
  const mask_aggregator::CellIndex& cells() const { return cells_; }

 private:
  mask_aggregator::CellIndex cells_;
};

// Of one object. A voxel's score is the mean over the views that changed it of what they added.
class VoxelScores {
 public:
  // One step of gradient descent of size 1 on  -sum_r M(r) m(r) + negative * sum_r (1 - M(r)) m(r), which is linear in
  // the scores. mask: of the pixels' size, non-zero = object.
  void AddView(const VoxelPixels& pixels, const ImageU8& mask, float negative);
  // m(r) of every pixel.
  ImageF Render(const VoxelPixels& pixels) const;

  // Trilinear score at a position [3] of the unit cube; 0 where no view looked.
  float At(const mask_aggregator::CellIndex& cells, const float* position) const;

 private:
  float Score(uint32_t voxel) const {
    return voxel < sums_.size() && counts_[voxel] > 0 ? sums_[voxel] / float(counts_[voxel]) : 0.0f;
  }
  std::vector<float> sums_, added_;  // by voxel; added_ is 0 between the views
  std::vector<int> counts_;
};

}  // namespace sanerf::baselines
