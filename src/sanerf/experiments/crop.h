// The part of a picture that shows an object.
#pragma once

#include "sanerf/core/image.h"
#include "sanerf/core/pixel_window.h"

namespace sanerf::experiments {

// A square around the non-zero pixels with room to see what a mask leaves out or takes too much, within the image.
PixelWindow CropAround(const ImageU8& mask);

}  // namespace sanerf::experiments
