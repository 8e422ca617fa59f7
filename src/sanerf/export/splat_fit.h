// The optimization of 3D Gaussians: draw a view, compare, send the error back, step; now and then some go and others
// are split.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/export/splat_growth.h"
#include "sanerf/export/splat_loss.h"
#include "sanerf/export/splat_options.h"
#include "sanerf/export/splat_parameters.h"
#include "sanerf/export/splat_raster.h"
#include "sanerf/export/splat_views.h"

namespace sanerf::exports {

class SplatFit {
 public:
  // views: at least one, which must outlive it. max_scale: no Gaussian gets wider (frame of the fit); 0 = any width.
  SplatFit(std::span<const SplatView> views, SplatParameters start, float max_scale, const SplatOptions& options);

  // One step on one view; all views come once before any comes again. Returns the loss. Throws Error when the numbers
  // have run away or no Gaussian is left.
  double Step();
  int64_t step() const { return step_; }
  const SplatParameters& splats() const { return splats_; }
  // Out with those that are too faint for any picture. The last thing to do.
  void DropInvisible();

 private:
  void NextView();
  void Grow();

  const std::span<const SplatView> views_;
  const SplatOptions options_;
  const float max_scale_;
  const int64_t start_count_;
  SplatParameters splats_, gradient_;
  SplatAdam adam_;
  SplatRaster raster_;
  SplatLoss loss_;
  SplatTraces traces_;
  PlanarImage image_gradient_;
  std::vector<size_t> order_;  // of the views, of this round
  int64_t step_ = 0, grow_every_, num_growths_, growths_ = 0;
};

// PSNR in dB of the Gaussians' pictures against what the field shows in these views, before black and before white.
double PsnrOfSplats(const SplatParameters& splats, std::span<const SplatView> views, const Job& job);

}  // namespace sanerf::exports
