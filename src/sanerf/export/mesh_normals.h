// Normals of a surface as the radiance field has them.
#pragma once

#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/export/triangle_mesh.h"
#include "sanerf/nerf/model.h"

namespace sanerf::exports {

// At points on surfaces (file frame), of unit length: against the gradient of the share of light that a step of length
// `step` absorbs, 1 - exp(-density step), which unlike the density itself does not go on growing inside. Zero where the
// field is the same all around. Parallel inside. Throws InterruptedError.
std::vector<Vec3f> DensityNormals(const nerf::NerfModel& nerf, const std::vector<Vec3>& points, double step,
                                  const Job& job);

// Of each point the mean of the field's normal and of the surface's own; the latter alone where they differ by more
// than 60 degrees, as they do where no photo has looked and the field was never trained.
std::vector<Vec3f> BlendedNormals(const std::vector<Vec3f>& of_field, const std::vector<Vec3f>& of_surface);

}  // namespace sanerf::exports
