// What is inside where nobody has seen anything: within a solid, and where it stands on something.
#pragma once

#include "sanerf/core/job.h"
#include "sanerf/export/signed_grid.h"

namespace sanerf::exports {

// Gives every corner that is kUnseen the value 1 - 2 w, where w is the winding number of the surface that is seen (the
// generalized one of Jacobson et al. 2013, of surfaces with holes): 1 within a closed surface, 0 outside, and 1/2 on a
// flat lid over a flat hole, so that what stands on a table gets a flat bottom. The seen surface is taken from the
// cells whose corners are all known, as one dipole for each block of cells (Barill et al. 2018); w is worked out at the
// corners of blocks and interpolated. Parallel inside. Throws InterruptedError.
void FillUnseen(SignedGrid* grid, const Job& job);

}  // namespace sanerf::exports
