// Instance ids of a view in 8 bits, where a scene has few. For tests and bench/ only.
#pragma once

#include "sanerf/core/check.h"
#include "sanerf/scene/instance_masks.h"

namespace sanerf::scene {

inline ImageU8 LoadViewMask(const View& view) {
  const ImageU16 ids = LoadViewInstances(view);
  ImageU8 mask(ids.width, ids.height, 1);
  for (size_t i = 0; i < ids.data.size(); ++i) {
    SANERF_CHECK_LE(ids.data[i], 255);
    mask.data[i] = uint8_t(ids.data[i]);
  }
  return mask;
}

}  // namespace sanerf::scene
