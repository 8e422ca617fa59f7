// Soft outlines of cut-outs: how much of a pixel is the object (hair, fur, a pixel that the outline runs through), and
// what color the object has there without what is behind it.
#pragma once

#include "sanerf/core/image.h"

namespace sanerf::exports {

struct Matte {
  ImageF alpha;  // [0, 1]
  ImageF
      foreground;  // 3 channels, black where alpha is 0; the picture is alpha x foreground + (1 - alpha) x background
};

// rgb: 3 channels; coverage: share of each pixel that the object covers as far as its labels say, [0, 1].
// Along the outline, up to a cell of SAM's masks to either side, alpha is the closed-form matte (Levin, Lischinski,
// Weiss: A Closed-Form Solution to Natural Image Matting, TPAMI 2008) with the coverage as a prior, the stronger the
// less colors vary around a pixel: where they do not tell the object from what is behind it, the coverage stays.
// Elsewhere alpha is the coverage. The foreground is estimated from window means (Forte: Approximate Fast Foreground
// Colour Estimation, ICIP 2021). Not parallel inside.
Matte MatteOf(const ImageF& rgb, const ImageF& coverage);

}  // namespace sanerf::exports
