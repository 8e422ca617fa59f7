// Whether a mask is a thing or a drawing on a surface, as far as geometry can tell.
#pragma once

#include "sanerf/core/bit_mask.h"
#include "sanerf/core/image.h"

namespace sanerf::segmentation {

// The mask shows a piece of a plane, and at least half of what lies around it (but for things in front) continues that
// plane: a board of a table, a tile, a picture on a wall. depth: z-depth at the mask's size, 0 = nothing there. A
// plane's 1/z is affine in the pixel.
bool IsCoplanar(const BitMask& mask, const ImageF& depth);

}  // namespace sanerf::segmentation
