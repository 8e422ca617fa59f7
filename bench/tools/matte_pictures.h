// Pictures of which is known exactly how much of each pixel is the object, and what a label field would say of them.
#pragma once

#include <string>
#include <vector>

#include "sanerf/core/image.h"

namespace sanerf {

struct MattePicture {
  std::string shape, displacement, contrast, background;  // what a table groups by
  ImageF rgb, coverage;                                   // what the matte is given
  ImageF alpha, foreground;                               // the truth
};

// Every shape with every displacement of its labels, contrast and background.
std::vector<MattePicture> MakeMattePictures();

}  // namespace sanerf
