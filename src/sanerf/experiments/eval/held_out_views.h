// The held-out views as the radiance field shows them.
#pragma once

#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/eval/scores.h"
#include "sanerf/nerf/backdrop.h"
#include "sanerf/nerf/model.h"
#include "sanerf/scene/scene.h"

namespace sanerf::experiments {

struct RenderedTestViews {
  std::vector<eval::ViewQuality> quality;
  std::vector<eval::DepthView> depths;  // what consistency is measured with
};
// backdrops: of a turntable (nerf/backdrop.h); where a photo shows one its quality is not the field's. Throws
// InterruptedError.
RenderedTestViews RenderTestViews(const scene::Scene& scene, const nerf::NerfModel& nerf, const std::vector<int>& test,
                                  const std::vector<nerf::Backdrop>& backdrops, const Job& job);

}  // namespace sanerf::experiments
