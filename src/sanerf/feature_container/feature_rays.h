// Rays of feature maps through the frozen radiance field. The geometry does not change any more, so each is traced
// once.
#pragma once

#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/nerf/model.h"
#include "sanerf/nerf/traced_rays.h"
#include "sanerf/sam/sam_frame.h"

namespace sanerf::feature_container {

struct FeatureRays {
  // What the radiance field says about a whole ray: geometry feature (composited), spherical harmonics of its
  // direction, color, nearness 1 / (1 + depth) (0 = nothing there), opacity.
  static constexpr int kDirectionAt = nerf::RadianceField::kGeometry, kColorAt = kDirectionAt + 16,
                       kNearnessAt = kColorAt + 3, kOpacityAt = kNearnessAt + 1, kInputs = kOpacityAt + 1;

  nerf::TracedRays traced;    // geometry if kept
  std::vector<float> share;   // of the samples: their weight, so that a ray's add up to one; opacity has the rest
  std::vector<float> inputs;  // [ray][kInputs]

  int64_t size() const { return traced.num_rays(); }
  const float* Inputs(int64_t ray) const { return &inputs[size_t(ray * kInputs)]; }
  int64_t Bytes() const;
  void Append(const FeatureRays& other);
};

// rays: model frame. keep_geometry: of the samples, for what is learned per sample. Parallel inside; throws
// InterruptedError.
FeatureRays TraceFeatureRays(const nerf::NerfModel& nerf, const std::vector<nerf::Ray>& rays, bool keep_geometry,
                             const Job& job);

// The cells of a feature map that lie on the image, row by row, and their rays: through the middle of the cell. Map
// and square share their frame, so cell (x, y) of a side of n covers [x, x + 1) x [y, y + 1) times 1024 / n.
struct MapRays {
  std::vector<int> cells;       // y * side + x
  std::vector<nerf::Ray> rays;  // model frame
};
MapRays RaysOfMap(const sam::SamFrame& frame, int side, const Camera& model_camera);

}  // namespace sanerf::feature_container
