// Which sizes of pictures are given memory.
#pragma once

#include <cstdint>
#include <string>

#include "sanerf/core/image.h"

namespace sanerf {

// "" or why a file of so many bytes is not given memory for its pixels: no format but for empty pages packs so many of
// them into a byte.
inline std::string WhyNoPixels(int64_t width, int64_t height, int64_t bytes) {
  constexpr int64_t kMostPixelsPerByte = 1 << 15;
  if (width < 1 || height < 1) return "it has no pixels";
  if (width > (1 << 20) || height > (1 << 20) || width * height > kMaxImagePixels)
    return "the image is larger than 268 megapixels";
  return width * height / kMostPixelsPerByte > bytes ? "the file is truncated: it is too short for its size in pixels"
                                                     : "";
}

}  // namespace sanerf
