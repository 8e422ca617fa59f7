// The insides of a model, for this room's own files and its tests. All others ask Trace, TraceBlocks, Query and Render.
#pragma once

#include "sanerf/nerf/field.h"
#include "sanerf/nerf/model.h"
#include "sanerf/nerf/occupancy_grid.h"
#include "sanerf/nerf/traced_field.h"

namespace sanerf::nerf {

struct ModelAccess {
  static TracedField Traced(const NerfModel& model) { return model.traced(); }
};

}  // namespace sanerf::nerf
