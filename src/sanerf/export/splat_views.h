// What 3D Gaussians are fitted to: the field's own pictures of the subject, with alpha, from training cameras and
// places between them.
#pragma once

#include <array>
#include <vector>

#include "sanerf/core/image.h"
#include "sanerf/core/job.h"
#include "sanerf/export/splat_options.h"
#include "sanerf/export/splat_raster.h"
#include "sanerf/mask_aggregator/object_model.h"
#include "sanerf/nerf/model.h"
#include "sanerf/nerf/ray.h"
#include "sanerf/scene/scene.h"

namespace sanerf::exports {

// The frame of the fit: axes of the file frame, so that directions and rotations are the same in both, origin and scale
// of the model frame, so that floats are fine anywhere on Earth.
Similarity FitFromFile(const nerf::NerfModel& nerf);

// camera: file frame, straight lines. Of the part's pixels alone.
SplatCamera<float> SplatCameraOf(const nerf::PartOfView& part, const Similarity& fit_from_file);

struct SplatView {
  nerf::PartOfView part;  // file frame
  SplatCamera<float> camera;
  ImageU8 rgba;  // what the field shows: color times alpha, alpha

  PlanarImage Over(const std::array<float, 3>& background) const;
};

// A place on a surface that a view shows; frame of the fit.
struct SurfacePoint {
  Eigen::Vector3f position, normal, rgb;  // normal: unit length, towards the camera
};

struct SplatViews {
  std::vector<SplatView> fitted, held_out;  // held_out: of the scene's test views, if it has any
  std::vector<SurfacePoint> points;         // seen by the fitted views, evenly from each
};

// num_points: about how many points at most. Throws Error when no view shows anything of the subject,
// InterruptedError.
SplatViews MakeSplatViews(const nerf::NerfModel& nerf, const mask_aggregator::ObjectModel* objects,
                          const SplatSubject& subject, const scene::Scene& scene, const SplatOptions& options,
                          int64_t num_points, const Job& job);

}  // namespace sanerf::exports
