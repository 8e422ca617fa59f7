// The two file formats behind image_io.h: bytes in memory to images and back. Internal to core.
#pragma once

#include <string>
#include <string_view>

#include "sanerf/core/image_io.h"

namespace sanerf {

// Larger images are refused before memory is asked for, and so are those that the file is too short to hold.
inline constexpr int64_t kMaxImagePixels = int64_t{1} << 28;

// All return "" or the reason why the bytes could not be decoded.
std::string DecodePngInfo(std::string_view bytes, ImageInfo* info);
std::string DecodePng(std::string_view bytes, ImageU8* image);
std::string DecodePng16(std::string_view bytes, ImageU16* image);
std::string DecodeJpegInfo(std::string_view bytes, ImageInfo* info);
std::string DecodeJpeg(std::string_view bytes, ImageU8* image);
std::string EncodePng16(const ImageU16& image);

}  // namespace sanerf
