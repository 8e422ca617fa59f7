// How far a picture is from another, and which way is nearer: what 3D Gaussians are fitted by.
#pragma once

#include <vector>

#include "sanerf/export/splat_options.h"
#include "sanerf/export/splat_raster.h"

namespace sanerf::exports {

// (1 - ssim) x the mean of |a - b| or (a - b)^2 over pixels and channels + ssim x (1 - the mean structural similarity):
// Wang et al. 2004, with the window of Kerbl et al. 2023 (11 x 11, Gaussian, deviation 1.5, black around the picture).
class SplatLoss {
 public:
  SplatLoss(SplatError error, double ssim) : error_(error), ssim_(ssim) {}

  // Writes the gradient by `picture`. Both of one size.
  double Of(const PlanarImage& picture, const PlanarImage& target, PlanarImage* gradient);

 private:
  double AddSsim(const PlanarImage& picture, const PlanarImage& target, PlanarImage* gradient);

  const SplatError error_;
  const double ssim_;
  std::vector<float> maps_, scratch_, products_;  // buffers
};

}  // namespace sanerf::exports
