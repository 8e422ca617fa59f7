// The lens of every camera of the procedural scenes.
#pragma once

#include <cmath>

#include "sanerf/core/camera.h"

namespace sanerf::synth {

inline constexpr double kFieldOfView = 50 * M_PI / 180;

// size: pixels per side. Its pose is the caller's.
inline Camera SynthCamera(int size) {
  Camera camera;
  camera.width = camera.height = size;
  camera.fx = camera.fy = 0.5 * size / std::tan(0.5 * kFieldOfView);
  camera.cx = camera.cy = 0.5 * size;
  return camera;
}

}  // namespace sanerf::synth
