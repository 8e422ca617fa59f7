// Fewer triangles for the same surface.
#pragma once

#include "sanerf/core/job.h"
#include "sanerf/export/isosurface.h"

namespace sanerf::exports {

// At most max_faces triangles (four are needed), by meshoptimizer: edges are contracted where the surface changes least
// (Garland and Heckbert 1997), vertices are among those that were there; where that ends too early, vertices are merged
// by cells. Closed and without branches as ManifoldOf says; so must be `surface`. Throws Error when nothing is left.
Surface Simplified(const Surface& surface, int max_faces, const Job& job);

}  // namespace sanerf::exports
