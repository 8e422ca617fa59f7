// Procedural colors, linear light, as functions of the place on the surface.
#pragma once

#include <functional>

#include "sanerf/core/geometry.h"

namespace sanerf::synth {

// p, n: position and normal in the object's frame.
using SynthTexture = std::function<Vec3(const Vec3& p, const Vec3& n)>;

Vec3 FromSrgb(double r, double g, double b);  // 0..255

struct Glaze {
  Vec3 outside, inside;
  double inner_radius;
  Vec3 band;  // around the rim, between two heights
  double band_low, band_high;
};
SynthTexture CeramicGlaze(const Glaze& glaze);
SynthTexture BallStripes(double radius, const Vec3& color, const Vec3& stripe);
SynthTexture PrintedCarton(const Vec3& size, uint32_t seed);
SynthTexture BananaPeel(double bend, double half_angle);
SynthTexture LabeledBottle(double shoulder, double cap);
SynthTexture Icing(double radius, double thickness, uint32_t seed);
SynthTexture WoodPlanks(uint32_t seed);
SynthTexture PrintedMarks(uint32_t seed);  // squares to match photos by, as printed sheets on turntables have them
SynthTexture FloorBoards(uint32_t seed);
SynthTexture RoomWalls(double half_width, double floor, uint32_t seed);

}  // namespace sanerf::synth
