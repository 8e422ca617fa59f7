// What rays are traced through, and how.
#pragma once

#include "sanerf/kernels/march.h"
#include "sanerf/nerf/options.h"

namespace sanerf::nerf {

class OccupancyGrid;
class RadianceField;

struct TraceOptions {
  kernels::MarchOptions march;
  float stop_transmittance = 1e-4f;  // a ray ends when less light than this gets through
};
inline constexpr float kRenderStop = 1e-3f;  // stop_transmittance of a model

// extent, near: of the scene, model units.
inline kernels::MarchOptions MarchOptionsFor(const NerfOptions& options, double extent, double near) {
  return {float(near), options.step, extent > 1 ? options.cone : 0.0f};
}

// The references must outlive it.
struct TracedField {
  const RadianceField& field;
  const OccupancyGrid& occupancy;
  TraceOptions options;
  const float* background;  // RGB, of rays that end nowhere
};

}  // namespace sanerf::nerf
