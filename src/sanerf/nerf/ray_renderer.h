// Color, opacity and median depth of rays (paper Eq. 1).
#pragma once

#include <memory>
#include <vector>

#include "sanerf/nerf/block_tracer.h"
#include "sanerf/nerf/ray.h"

namespace sanerf::nerf {

// Buffers of one thread.
class RayRenderer {
 public:
  explicit RayRenderer(const TracedField& traced, std::unique_ptr<SampleFilter> filter = nullptr);

  // Neighboring rays, a few hundred at a time, share memory accesses. Valid until the next call.
  const std::vector<RenderedRay>& Render(std::vector<Ray> rays);

 private:
  TracedField traced_;
  std::unique_ptr<SampleFilter> filter_;  // null: everything is there
  BlockTracer tracer_;
  std::vector<float> rgb_sums_;
  std::vector<RayDepth> depths_;
  std::vector<RenderedRay> rendered_;
};

}  // namespace sanerf::nerf
