// What the two file formats behind image_io.h share.
#pragma once

#include <cstdint>

namespace sanerf {

struct ImageInfo {
  int width = 0, height = 0, channels = 0, bits = 8;
};

// Larger images are refused before memory is asked for, and so are those that the file is too short to hold.
inline constexpr int64_t kMaxImagePixels = int64_t{1} << 28;

}  // namespace sanerf
