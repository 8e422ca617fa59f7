// The surface between what is inside on a grid and what is outside.
#pragma once

#include <vector>

#include "sanerf/export/signed_grid.h"
#include "sanerf/export/triangle_mesh.h"

namespace sanerf::exports {

struct Surface {
  std::vector<Vec3> positions;  // file frame
  std::vector<Face> faces;
};

enum class Cells : uint8_t {
  kAll,
  kKnown,  // those with a corner that is kUnseen are left out, and the surface ends there
};

// Marching tetrahedra: every cell is cut into the six tetrahedra around its diagonal (Kuhn's), all cells alike, and in
// each the surface of the linear interpolation is a triangle or two. Corners that are negative are inside, all others
// outside, so that no corner lies on the surface; the surface of a piecewise linear function on tetrahedra that share
// their faces is then a manifold, closed where the border of the grid is outside. There is no table of cases that could
// leave a hole, as that of marching cubes does where a face is ambiguous. Only vertices that faces have; always the
// same order.
Surface Isosurface(const SignedGrid& grid, Cells cells);

}  // namespace sanerf::exports
