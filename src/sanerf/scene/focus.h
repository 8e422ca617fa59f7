// What the cameras of a capture look at together, and which way is up.
#pragma once

#include <optional>
#include <vector>

#include "sanerf/core/camera.h"

namespace sanerf::scene {

// A point that the cameras look at together.
struct Focus {
  Vec3 point = Vec3::Zero();
  double convergence = 0;  // mean squared sine between the axes and their common direction: 0 = parallel
  double residual = 0;     // median distance of an axis from the point, relative to its depth
  double in_front = 0;     // share of the cameras that have it in front
  bool IsStable() const { return convergence > 0.012 && residual < 0.2 && in_front > 0.8; }
};

// Least-squares intersection of the optical axes, reweighted so that stray cameras do not pull it away.
Focus IntersectAxes(const std::vector<const Camera*>& cameras);

// The world's up direction seen by cameras that a person held upright, none when they disagree.
std::optional<Vec3> CameraUp(const std::vector<const Camera*>& cameras);

}  // namespace sanerf::scene
