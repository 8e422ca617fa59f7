// Pictures for people, made from renders and masks. Masks: one channel, non-zero = object. All of one size.
#pragma once

#include "sanerf/core/image.h"

namespace sanerf::exports {

// The mask as a colored veil with a bright contour over a picture (3 channels).
ImageU8 Overlay(const ImageF& rgb, const ImageU8& mask);
// All labels of a field at once: a veil of one color per label over a picture, bright contours between them. Label 0
// is the background.
ImageU8 LabelOverlay(const ImageF& rgb, const ImageU8& labels);
// RGBA: the object's pixels, transparent elsewhere. alpha in [0, 1].
ImageU8 Cutout(const ImageF& rgb, const ImageF& alpha);
// Agreement in white, missed in red, wrongly taken in blue.
ImageU8 MaskDifference(const ImageU8& mask, const ImageU8& truth);

}  // namespace sanerf::exports
