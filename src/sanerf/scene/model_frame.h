// The model frame of a scene: which part of the data set's world becomes [-1, 1]^3.
#pragma once

#include <optional>
#include <vector>

#include "sanerf/scene/listing.h"

namespace sanerf {

struct ModelFrame {
  Similarity model_from_file;
  double extent = 1;
  double near = 0.05;
};

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

// The box of the object in RGBA images (visual hull on a coarse grid) and the smallest z-depth at which a camera sees
// it; none when the images hold no cut-out object.
struct AlphaHull {
  Box box;  // in the frame of `world_from_file`
  double nearest = 0;
};
std::optional<AlphaHull> CarveAlphaHull(const SceneListing& listing, const Similarity& world_from_file,
                                        const Vec3& center, double radius);

// Uses the training views only. See docs/conventions.md for the rules.
ModelFrame FitModelFrame(const SceneListing& listing, bool has_alpha);

}  // namespace sanerf
