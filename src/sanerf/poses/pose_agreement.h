// How far the cameras of two scenes with the same photos are from each other: worlds that structure from motion finds
// have an origin, a direction and a scale of their own.
#pragma once

#include <vector>

#include "sanerf/core/geometry.h"
#include "sanerf/scene/scene.h"

namespace sanerf::poses {

// The similarity with the least sum of |to_i - S from_i|^2 (Umeyama 1991, Eq. 40 to 42). At least 3 points that do not
// lie on a line, as many of either; throws Error otherwise.
Similarity FitSimilarity(const std::vector<Vec3>& from, const std::vector<Vec3>& to);

struct PoseAgreement {
  int num_common = 0;  // photos of both
  double size = 0;     // of the second scene, file units: from what its cameras look at to the farthest
  double mean_distance = 0, max_distance = 0;  // between camera centers after the fit, as a share of `size`
  double mean_angle = 0, max_angle = 0;        // between camera orientations, degrees
  Similarity second_from_first;
};

// Photos are the same when their names are, without extension; where hardly any are, without their folders as well.
// Throws Error for fewer than three of them.
PoseAgreement CompareCameras(const scene::Scene& first, const scene::Scene& second);

}  // namespace sanerf::poses
