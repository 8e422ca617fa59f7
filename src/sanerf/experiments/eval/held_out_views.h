// The held-out views as the radiance field shows them.
#pragma once

#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/eval/scores.h"
#include "sanerf/nerf/held_out_look.h"
#include "sanerf/nerf/model.h"
#include "sanerf/scene/scene.h"

namespace sanerf::experiments {

struct RenderedTestViews {
  std::vector<eval::ViewQuality> quality;
  std::vector<eval::DepthView> depths;  // what consistency is measured with
};
// look: in which light they are scored. Throws InterruptedError.
RenderedTestViews RenderTestViews(const scene::Scene& scene, const nerf::NerfModel& nerf, const std::vector<int>& test,
                                  nerf::HeldOutLook look, const Job& job);

}  // namespace sanerf::experiments
