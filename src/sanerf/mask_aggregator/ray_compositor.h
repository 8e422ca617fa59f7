// What fields and votes say about rays that are traced already: their outputs per sample, composited (paper Eq. 7).
#pragma once

#include <span>
#include <vector>

#include "sanerf/core/worker_pool.h"
#include "sanerf/mask_aggregator/label_source.h"
#include "sanerf/nerf/traced_rays.h"

namespace sanerf::mask_aggregator {

class ObjectGradient;

class RayCompositor {
 public:
  explicit RayCompositor(LabelSources sources);  // what they refer to must outlive it
  ~RayCompositor();

  struct Composited {
    std::vector<float> outputs;  // [ray][label]; all 0 for a ray that meets nothing
    // By ray: the sum of the weights that meet what a prior has votes for. Empty without a prior.
    std::vector<float> known;
  };
  // rays: with geometry where a source has a field. From any number of threads.
  Composited Of(const nerf::TracedRays& rays);
  Composited Of(const nerf::TracedRays& rays, std::span<const int> chosen);  // these of them, in their order

 private:
  Composited OfOne(size_t source, const nerf::TracedRays& rays, std::span<const int> chosen);
  // Of a source with support: what it confines is not linear in the outputs, so that they are asked for sample by
  // sample.
  Composited OfConfined(size_t source, const nerf::TracedRays& rays, std::span<const int> chosen);

  LabelSources sources_;
  std::vector<WorkerPool<ObjectGradient>> workers_;  // by source
};

}  // namespace sanerf::mask_aggregator
