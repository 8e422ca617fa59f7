// The pieces that a surface consists of, and which of them are the subject.
#pragma once

#include <vector>

#include "sanerf/export/isosurface.h"
#include "sanerf/export/surface_views.h"

namespace sanerf::exports {

// Leaves out floaters and cavities: what is connected is weighted by its area and by how many of the views see a place
// of it on the average, at most `tolerance` from the depth there; parts below `keep` times the heaviest go. A cavity
// within the subject is seen by no view. Empty when no view sees any of it.
Surface KeepSeenParts(const Surface& surface, const std::vector<SurfaceView>& views, double tolerance, double keep);

// By vertex the number of its part, counted from 0 in the order of the vertices.
std::vector<uint32_t> PartsOf(size_t num_vertices, const std::vector<Face>& faces);

}  // namespace sanerf::exports
