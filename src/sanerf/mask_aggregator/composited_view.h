// What a field says about the pixels of a view: its outputs per sample, composited along the rays (paper Eq. 7).
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/mask_aggregator/label_source.h"
#include "sanerf/nerf/model.h"
#include "sanerf/nerf/ray.h"

namespace sanerf::mask_aggregator {

struct CompositedPixel {
  int x, y;              // of the whole view
  const float* outputs;  // [label]; all 0 for a ray that meets nothing
  float opacity;         // the sum of the samples' weights, [0, 1]
  float known;           // the part of it that meets what a prior has votes for; without a prior all of it
  // With radiance only: what NerfModel::Render shows.
  nerf::RenderedRay radiance = {};
  float depth = 0;  // file units
};
struct ViewToComposite {
  nerf::PartOfView part;  // or the whole view; file frame
  bool with_radiance = false;
};

// use(pixel) for every pixel of the view, from several threads at once. Throws InterruptedError.
void CompositeView(const nerf::NerfModel& nerf, LabelSources sources, const ViewToComposite& view,
                   const std::function<void(const CompositedPixel&)>& use, const Job& job);

// The same of single rays (model frame): [ray][label]. Parallel inside. Throws InterruptedError.
std::vector<float> CompositeRays(const nerf::NerfModel& nerf, LabelSources sources, std::span<const nerf::Ray> rays,
                                 const Job& job);

}  // namespace sanerf::mask_aggregator
