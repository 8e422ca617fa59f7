// How the cameras of a capture stand around what they look at, and what a person could do better.
#pragma once

#include <string>
#include <vector>

#include "sanerf/scene/scene.h"

namespace sanerf::scene {

// Of the training views. Angles in degrees; those around are counted from the model's x axis towards its y axis.
struct CaptureShape {
  enum class Kind { kAround, kOneSide, kOutward };  // outward: from within, as in a room

  Kind kind = Kind::kOneSide;
  double arc = 0;                  // around what they look at, without the largest gap
  double gap = 0, gap_begin = 0;   // that gap
  double lowest = 0, highest = 0;  // of the cameras above the horizon of what they look at
};
CaptureShape ShapeOf(const Scene& scene);
std::string Description(const CaptureShape& shape);  // "a ring of 340 degrees, from 12 to 35 degrees above"

// Something that is not wrong but costs quality, and what to do about it.
struct Oddity {
  std::string what, advice;
};
std::vector<Oddity> OdditiesOf(const Scene& scene);

}  // namespace sanerf::scene
