// Coordinates that are too far from the origin for single precision, as those of the Earth are.
#pragma once

#include "sanerf/core/geometry.h"

namespace sanerf::exports {

// To be subtracted where a format holds single precision alone, and stated in the file: a round number near the box's
// middle. Zero where single precision moves nothing in the box by more than a hundred-thousandth of its size.
Vec3 OffsetOf(const Box& box);

}  // namespace sanerf::exports
