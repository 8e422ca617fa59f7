// The held-out views as the radiance field shows them.
#pragma once

#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/eval/scores.h"
#include "sanerf/nerf/model.h"
#include "sanerf/scene/scene.h"

namespace sanerf {

struct RenderedTestViews {
  std::vector<ViewQuality> quality;
  std::vector<DepthView> depths;  // what consistency is measured with
};
// Throws InterruptedError.
RenderedTestViews RenderTestViews(const Scene& scene, const NerfModel& nerf, const std::vector<int>& test,
                                  const Job& job);

}  // namespace sanerf
