// What the views of a run are encoded with.
#pragma once

#include "sanerf/feature_container/feature_container.h"
#include "sanerf/nerf/model.h"
#include "sanerf/sam/sam.h"
#include "sanerf/scene/scene.h"

namespace sanerf::feature_container {

// The references must outlive it.
struct EncodeContext {
  const scene::Scene& scene;
  const nerf::NerfModel& nerf;
  const sam::Sam& sam;
  EncodeOptions options;
};

}  // namespace sanerf::feature_container
