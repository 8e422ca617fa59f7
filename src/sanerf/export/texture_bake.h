// Puts the photos' colors onto a mesh.
#pragma once

#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/export/surface_views.h"
#include "sanerf/export/triangle_mesh.h"
#include "sanerf/scene/scene.h"

namespace sanerf::exports {

// Sets the mesh's colors and, with a texture of `size` x `size` pixels (0: none), texture and uv. Its positions, faces
// and normals are there. Where no photo sees the surface, colors are what is around it: of the vertices the mean of
// their neighbors', from vertex to vertex; within faces what their corners have. tolerance: between the mesh and the
// depth of the views. A seam has the same colors on both sides, as each pixel's color is that of its place in space.
// Throws Error (a broken photo, a texture without room), InterruptedError.
void ColorMesh(const std::vector<SurfaceView>& views, const scene::Scene& scene, double tolerance, int size, Mesh* mesh,
               const Job& job);

}  // namespace sanerf::exports
