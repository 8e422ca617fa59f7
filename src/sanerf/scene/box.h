#pragma once

#include "sanerf/core/geometry.h"

namespace sanerf::scene {

// Axis-aligned.
struct Box {
  Vec3 min = Vec3::Zero(), max = Vec3::Zero();
};

}  // namespace sanerf::scene
