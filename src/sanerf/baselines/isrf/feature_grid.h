// Features on the cells of space that hold surfaces. What a ray shows is the sum of w_k f(x_k), without a network and
// without a view direction, so it is linear in the cells' features; they are fitted to the maps of the training views.
#pragma once

#include <vector>

#include "sanerf/baselines/isrf/patch_maps.h"
#include "sanerf/baselines/isrf/traced_views.h"
#include "sanerf/baselines/options.h"
#include "sanerf/core/job.h"
#include "sanerf/nn/parameters.h"

namespace sanerf::baselines {

struct FeatureGrid {
  mask_aggregator::CellIndex cells;
  int channels;
  nn::Parameters rows;  // [cell][channel]

  FeatureGrid(mask_aggregator::CellIndex grid_cells, int num_channels);
  const float* Row(uint32_t cell) const { return rows.values.data() + int64_t(cell) * channels; }
  // feature = sum of weight * row.
  void Composite(const CellWeight* begin, const CellWeight* end, float* feature) const;
};

// Rays of one step and what they should show.
struct RayBatch {
  std::vector<size_t> first = {0};  // of `weights`, by ray; one more at the end
  std::vector<CellWeight> weights;
  std::vector<float> targets;  // [ray][channel]

  size_t size() const { return first.size() - 1; }
};

// Mean squared error over rays and channels; residuals [ray][channel] becomes its gradient by the composited features.
double SquaredError(const FeatureGrid& grid, const RayBatch& batch, std::vector<float>* residuals);

// Fits a grid's rows by Adam. Rows that no ray of a step meets are left alone in it, as those of a hash grid.
class FeatureGridTrainer {
 public:
  // All references must outlive this. The grid starts as the mean of the targets that look at each cell, weighted by
  // the light they get from there: the best constant of every cell by itself.
  FeatureGridTrainer(const TracedViews& views, const std::vector<PatchMap>& maps, const IsrfOptions& options,
                     uint64_t seed, FeatureGrid* grid);
  // Throws InterruptedError.
  void Run(const Job& job);
  RayBatch Draw(int step, int num_rays) const;
  // rows.grads += gradient: one writer per row, its additions in ray order. With adam: then a step of the rows that
  // were met, while they are in the caches.
  void AddGradient(const RayBatch& batch, const std::vector<float>& residuals, const kernels::AdamStep* adam = nullptr);

 private:
  void StartFromMeans();

  const TracedViews& views_;
  const std::vector<PatchMap>& maps_;
  IsrfOptions options_;
  uint64_t seed_;
  FeatureGrid* grid_;
  std::vector<uint32_t> met_in_;  // by cell: the last batch that met it
  uint32_t batch_ = 0;
};

// What rays show: [ray][channel], of length 1; zero where they meet nothing.
std::vector<float> RenderFeatures(const FeatureGrid& grid, const nerf::TracedRays& rays);

}  // namespace sanerf::baselines
