// JPEG: bytes in memory to images and back. Files: image_io.h.
#pragma once

#include <string>
#include <string_view>

#include "sanerf/core/image.h"

namespace sanerf {

// Both return "" or the reason why the bytes could not be decoded.
std::string DecodeJpegInfo(std::string_view bytes, ImageInfo* info);
std::string DecodeJpeg(std::string_view bytes, ImageU8* image);
std::string EncodeJpeg(const ImageU8& image, int quality = 92);  // the file's bytes

}  // namespace sanerf
