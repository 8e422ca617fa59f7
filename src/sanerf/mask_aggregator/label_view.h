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
  // Not 0 at pixels that show what does not belong to the scene: no ray of theirs is supervised or compared with others
  // by its color. Of the labels' size; empty = none.
  ImageU8 ignored = {};
};

// The labels with all that is ignored not supervised.
inline void IgnorePixels(const ImageU8& ignored, ImageU8* labels) {
  if (labels->empty()) return;
  for (size_t i = 0; i < ignored.data.size(); ++i)
    if (ignored.data[i] != 0) labels->data[i] = kIgnoreLabel;
}

}  // namespace sanerf::mask_aggregator
