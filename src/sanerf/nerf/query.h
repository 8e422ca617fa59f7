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

struct QueriedPoints {
  std::span<const Vec3> points;           // file frame
  std::span<const Vec3> directions = {};  // file frame, of unit length: one for each point, or none at all
  std::span<const double> times = {};     // 0 to 1: one for each point; none = all at 0
};
// Parallel inside. Throws InterruptedError.
PointValues Query(const NerfModel& model, const QueriedPoints& asked, const Job& job);
inline PointValues Query(const NerfModel& model, std::span<const Vec3> points, std::span<const Vec3> directions,
                         const Job& job) {
  return Query(model, {points, directions, {}}, job);
}

// How much of the features of these places (in the unit cube of the field's grid, as TracedRays has them) is the same
// at all times: m of moving_part.h, 1 where the place is taken to stand still and everywhere in a field without time.
// Parallel inside. Throws InterruptedError.
std::vector<float> StillShares(const NerfModel& model, std::span<const std::array<float, 3>> unit, const Job& job);

}  // namespace sanerf::nerf
