// PNG: bytes in memory to images and back. Files: image_io.h.
#pragma once

#include <string>
#include <string_view>

#include "sanerf/core/image.h"

namespace sanerf {

// All return "" or the reason why the bytes could not be decoded. Samples and channels as image_io.h has them.
std::string DecodePngInfo(std::string_view bytes, ImageInfo* info);
std::string DecodePng(std::string_view bytes, ImageU8* image);
std::string DecodePng16(std::string_view bytes, ImageU16* image);
// The file's bytes. orientation: EXIF's, noted unless it is upright (see orientation.h).
std::string EncodePng(const ImageU8& image, int orientation = 1);
std::string EncodePng16(const ImageU16& image);

}  // namespace sanerf
