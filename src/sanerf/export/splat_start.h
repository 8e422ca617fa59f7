// Where the fit of 3D Gaussians begins: a flat one on each small part of the surface.
#pragma once

#include <cstdint>
#include <span>

#include "sanerf/export/splat_parameters.h"
#include "sanerf/export/splat_views.h"

namespace sanerf::exports {

// At most `count`: one for each occupied cell of the finest grid that has no more of them, at the mean of the points in
// it, as wide as the cell, thin along the mean normal. Beyond distance 1 from the origin cells grow with the distance.
// Needs a point or more. The same for the same points.
SplatParameters SplatsOnSurface(std::span<const SurfacePoint> points, int64_t count, int color_degree);

}  // namespace sanerf::exports
