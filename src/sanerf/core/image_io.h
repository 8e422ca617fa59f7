// PNG and JPEG, and whichever of WebP, TIFF, HEIC, AVIF and OpenEXR the program was built with. Readers go by content,
// not extension, and refuse truncated files. Writers are atomic.
#pragma once

#include <filesystem>
#include <string>

#include "sanerf/core/image.h"

namespace sanerf {

// Reads only the header. Throws Error (missing, not an image).
ImageInfo ReadImageInfo(const std::filesystem::path& path);
// 1, 2 (gray + alpha), 3 or 4 channels as stored; palettes expanded; 16 bits reduced to 8; linear light tone-mapped,
// with `exposure` (tone_map.h). Throws Error (missing, truncated, not an image).
ImageU8 ReadImage(const std::filesystem::path& path, float exposure = 1);
// Of an image whose ImageInfo::is_linear: as it is, 3 or 4 channels.
ImageF ReadLinear(const std::filesystem::path& path);
// 16-bit PNG (8-bit values are kept as they are, not scaled), 1 or more channels.
ImageU16 ReadPng16(const std::filesystem::path& path);

// orientation: EXIF's, for pixels that lie otherwise than they are to be shown.
void WritePng(const std::filesystem::path& path, const ImageU8& image, int orientation = 1);
void WritePng(const std::filesystem::path& path, const ImageU16& image);

}  // namespace sanerf
