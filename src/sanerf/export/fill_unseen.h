// What is inside where nobody has seen anything: within a solid, and where it stands on something.
#pragma once

#include <array>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/export/signed_grid.h"

namespace sanerf::exports {

// Gives every corner that is kUnseen the value 1 - 2 w, where w is the winding number of the surface that is seen (the generalized one of
// Jacobson et al. 2013, of surfaces with holes): 1 within a closed surface, 0 outside, and 1/2 on a flat lid over a flat
// hole, so that what stands on a table gets a flat bottom. The seen surface is taken from the cells whose corners are
// all known. Throws InterruptedError.
void FillUnseen(SignedGrid* grid, const Job& job);

// Of a surface, seen from p: the solid angle of its triangles over that of a sphere, positive from inside. Exact (van
// Oosterom and Strackee 1983).
double WindingNumber(const std::vector<std::array<Vec3, 3>>& triangles, const Vec3& p);

}  // namespace sanerf::exports
