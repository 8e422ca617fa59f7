// What the object field is fitted to.
#pragma once

#include <cstdint>

#include "sanerf/core/camera.h"
#include "sanerf/core/image.h"

namespace sanerf::mask_aggregator {

// One training mask: label per pixel, 0 = background, 1..L-1 = object, kIgnoreLabel = not supervised.
inline constexpr uint8_t kIgnoreLabel = 255;
struct LabelView {
  Camera camera;  // file frame, of the label image
  ImageU8 labels;
};

}  // namespace sanerf::mask_aggregator
