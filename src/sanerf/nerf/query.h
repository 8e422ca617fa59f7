// What a trained radiance field says about points, without a ray.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/nerf/field.h"
#include "sanerf/nerf/model.h"

namespace sanerf::nerf {

// One entry per point.
struct PointValues {
  // Per file unit: a short step of length l absorbs the share 1 - exp(-density l) of the light. 0 where the occupancy
  // grid holds nothing: no ray ever asks there, so whatever the networks say has never been trained.
  std::vector<float> density;
  std::vector<std::array<float, RadianceField::kGeometry>> geometry;  // outputs of the density network
  std::vector<std::array<float, 3>> color;  // sRGB-encoded [0, 1], as seen along the direction; empty without any
};

// points and directions: file frame. directions: of unit length, one for each point, or none at all. Parallel inside.
// Throws InterruptedError.
PointValues Query(const NerfModel& model, std::span<const Vec3> points, std::span<const Vec3> directions,
                  const Job& job);

// Positions in the unit cube of the field's grid (TracedRays::unit) as points of the file frame.
std::vector<Vec3> PointsAt(const NerfModel& model, std::span<const std::array<float, 3>> unit);

}  // namespace sanerf::nerf
