// Linear light to what a screen shows.
#pragma once

#include "sanerf/core/image.h"

namespace sanerf {

// One curve for all photos of a scene, as they must agree with each other: sRGB, and highlights above four fifths of
// white roll off towards it. Colors are multiplied by `exposure` before; alpha stays.
ImageU8 ToneMapped(const ImageF& linear, float exposure);

}  // namespace sanerf
