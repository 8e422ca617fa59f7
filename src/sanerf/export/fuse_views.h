// The depth that many views show, put together on a grid (Curless and Levoy 1996).
#pragma once

#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/export/signed_grid.h"
#include "sanerf/export/surface_views.h"

namespace sanerf::exports {

// The surface is where rays have lost half of their light, as depth has it everywhere in the program: between two
// corners it lies where the mean over the views of (distance before what they see) is zero. A view has no say about
// what is far behind that. What is empty for one in ten of the views that look at it is empty. What fewer see, the
// inside and what a table covers, is inside where the seen surfaces wind around it more than half (FillUnseen). The
// outermost corners are outside. The same for any number of threads. Reports the task "grid". Throws InterruptedError.
SignedGrid FuseViews(const std::vector<SurfaceView>& views, const GridPlace& place, const Job& job);

}  // namespace sanerf::exports
