// 3D Gaussians (Kerbl et al. 2023) of an object, a scene, or a scene without its objects, fitted to what the radiance
// field shows of it.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "sanerf/core/geometry.h"
#include "sanerf/core/job.h"
#include "sanerf/export/splat_options.h"
#include "sanerf/mask_aggregator/object_model.h"
#include "sanerf/nerf/model.h"
#include "sanerf/scene/scene.h"

namespace sanerf::exports {

// One entry per Gaussian; file frame and file units. Its density is exp(-|S^-1 R^T (x - position)|^2 / 2).
struct Splats {
  std::vector<Vec3> positions;
  std::vector<std::array<float, 3>> normals;    // its shortest axis, towards the cameras; unit length
  std::vector<std::array<float, 3>> scales;     // standard deviations along its axes
  std::vector<std::array<float, 4>> rotations;  // w x y z, unit length; the columns of its matrix are the axes
  std::vector<float> opacities;                 // of its middle, (0, 1)
  std::vector<uint8_t> labels;                  // of the object model, 0 = none
  // Color, sRGB-encoded, is 0.5 + the sum of coefficients and spherical harmonics of the direction from the camera;
  // [Gaussian][function][channel].
  int color_degree = 0;
  std::vector<float> colors;

  double psnr = 0;  // dB against the field in views that it was not fitted to; in those it was where there are none
  int held_out_views = 0;  // 0: psnr is of views it was fitted to

  int64_t size() const { return int64_t(positions.size()); }
  int num_functions() const { return (color_degree + 1) * (color_degree + 1); }
  Box Bounds() const;  // of the positions
};

// objects: null for a scene in which nothing was segmented. The same Gaussians for the same arguments and any number of
// threads. Reports a task with loss and PSNR. Throws UsageError (options), Error when no view shows anything of the
// subject or when the fit fails, InterruptedError.
Splats FitSplats(const nerf::NerfModel& nerf, const mask_aggregator::ObjectModel* objects, const SplatSubject& subject,
                 const scene::Scene& scene, const SplatOptions& options, const Job& job);

}  // namespace sanerf::exports
