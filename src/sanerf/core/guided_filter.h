// Guided image filter (He, Sun, Tang: Guided Image Filtering, TPAMI 2013, Eq. 14 to 16): smooths an image along the
// edges of another one.
#pragma once

#include "sanerf/core/image.h"
#include "sanerf/core/job.h"

namespace sanerf {

// Means of windows of (2 radius + 1)^2 pixels, cut at the borders; any number of channels. Throws InterruptedError.
ImageF WindowMeans(const ImageF& image, int radius, const Job& job);

// guide: 3 channels; input: 1 channel, of the same size. In every window of (2 radius + 1)^2 pixels, cut at the
// borders, the input is fitted by an affine function of the guide's color, with `regularization` added to the colors'
// variances; the result is the mean of all windows' fits. Not parallel inside. Throws InterruptedError.
ImageF GuidedFilter(const ImageF& guide, const ImageF& input, int radius, double regularization, const Job& job);

}  // namespace sanerf
