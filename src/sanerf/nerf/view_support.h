// Which cells of space several photos agree on: those that their rays end in.
#pragma once

#include <cstdint>
#include <vector>

#include "sanerf/core/camera.h"
#include "sanerf/core/job.h"
#include "sanerf/nerf/occupancy_grid.h"
#include "sanerf/nerf/traced_field.h"

namespace sanerf::nerf {

// For every cell of the occupancy grid how many of the cameras (model frame) see it, 255 at most: a ray of theirs that
// gets at least a hundredth of its light from there, which is what makes a cell occupied. Cameras are looked through at
// a size at which neighboring rays pass every cell they are about to pass, smaller where there are very many. Throws
// InterruptedError.
std::vector<uint8_t> NumViewsOfCells(const TracedField& traced, const std::vector<Camera>& cameras, const Job& job);

// Empties the cells that fewer than `fewest` cameras see and that are not beside one that they do (OccupancyGrid::
// KeepOnly), as the field is now. Returns how many.
int64_t PruneUnsupported(const TracedField& traced, const std::vector<Camera>& cameras, int fewest,
                         OccupancyGrid* occupancy, const Job& job);

}  // namespace sanerf::nerf
