// Pictures for people, made from renders and masks. Masks: one channel, non-zero = object. All of one size.
#pragma once

#include <array>

#include "sanerf/core/image.h"

namespace sanerf::exports {

struct Veil {
  std::array<float, 3> color = {1.0f, 0.35f, 0.1f};
  std::array<uint8_t, 3> contour = {255, 240, 80};
};
// What is seen well on the masked pixels: of the hue that takes their mean color farthest from what it was and from
// what is around them. The usual one without a mask.
Veil StandingOut(const ImageF& rgb, const ImageU8& mask);
// The mask as a colored veil with a bright contour over a picture (3 channels).
ImageU8 Overlay(const ImageF& rgb, const ImageU8& mask, const Veil& veil = {});
// All labels of a field at once: a veil of one color per label over a picture, bright contours between them. Label 0
// is the background.
ImageU8 LabelOverlay(const ImageF& rgb, const ImageU8& labels);
// RGBA: the object's pixels, transparent elsewhere. alpha in [0, 1].
ImageU8 Cutout(const ImageF& rgb, const ImageF& alpha);
// Agreement in white, missed in red, wrongly taken in blue.
ImageU8 MaskDifference(const ImageU8& mask, const ImageU8& truth);

}  // namespace sanerf::exports
