// Makes a closed surface of triangles a manifold without moving it.
#pragma once

#include "sanerf/export/isosurface.h"

namespace sanerf::exports {

// Of faces of which as many run along each edge one way as the other, which merging vertices of a closed surface never
// changes: an edge that becomes a point takes one of each away. Faces without area go, and so do pairs of faces that
// lie on each other; where more than two faces meet in an edge they are joined two and two, each with the next one
// around the edge, and vertices in which only corners of several fans meet become several. What is returned is closed
// and without branches (WhyNotClosed), and has the same points. It may have a few more faces: two for an edge that two
// pairs of faces have in common even so.
Surface ManifoldOf(const Surface& surface);

}  // namespace sanerf::exports
