// Solid shapes as signed distances in their own frame: standing on z = 0, z up, scene units.
#pragma once

#include <memory>
#include <vector>

#include "sanerf/core/geometry.h"

namespace sanerf::synth {

class SynthShape {
 public:
  virtual ~SynthShape() = default;
  // Negative inside; never larger than the true distance, so that a ray may step this far.
  virtual double Distance(const Vec3& p) const = 0;

  // A ball and a box around everything, in the shape's frame.
  Vec3 ball_center = Vec3::Zero();
  double ball_radius = 0;
  Box bounds;
};

std::unique_ptr<SynthShape> MakeBall(double radius);
// Edges rounded with `round`.
std::unique_ptr<SynthShape> MakeBox(const Vec3& size, double round);
// A ring lying flat.
std::unique_ptr<SynthShape> MakeRing(double radius, double thickness);
// A polygon of (distance from the z axis, z), turned about the axis and rounded. Counter-clockwise or clockwise.
std::unique_ptr<SynthShape> MakeLathe(std::vector<Vec2> profile, double round);
// An open cup with wall, bottom and a handle on its +x side.
std::unique_ptr<SynthShape> MakeMug(double radius, double height, double wall);
// An arc of `bend` radius lying flat, thick in the middle, tapering to both ends at ±half_angle about -y.
std::unique_ptr<SynthShape> MakeBanana(double bend, double half_angle, double thickness);

}  // namespace sanerf::synth
