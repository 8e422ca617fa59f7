// HEIC and AVIF photos: the first picture of the file. Files: image_io.h.
#pragma once

#include <string>
#include <string_view>

#include "sanerf/core/image.h"

namespace sanerf {

// Both return "" or the reason why the bytes could not be decoded. Upright: the file itself says how it is turned, and
// what EXIF says besides does not count. 3 channels, 4 with alpha; more than 8 bits become 8.
std::string DecodeHeifInfo(std::string_view bytes, ImageInfo* info);
std::string DecodeHeif(std::string_view bytes, ImageU8* image);

}  // namespace sanerf
