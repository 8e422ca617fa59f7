// Points inside a mask that stand for the object it shows.
#pragma once

#include <vector>

#include "sanerf/core/geometry.h"
#include "sanerf/core/image.h"

namespace sanerf::mask_decoder {

// At most `count` pixel centers inside the mask, the first where it is widest, each further one far from the earlier
// ones and from the border. Steps in depth count as border: behind one a different surface may begin. Both images have
// the same size; depth 0 = nothing there. Fewer, down to none, when the mask is too thin.
std::vector<Vec2> SpreadInteriorPoints(const ImageU8& mask, const ImageF& depth, int count);

}  // namespace sanerf::mask_decoder
