// OpenEXR photos and renderings: linear light. Files: image_io.h.
#pragma once

#include <string>

#include "sanerf/core/image.h"
#include "sanerf/core/input_file.h"

namespace sanerf {

// Both return "" or the reason why the file could not be decoded. All of the display window; 3 channels, 4 with alpha,
// by which the colors are not multiplied any more. Numbers that are not finite are 0.
std::string DecodeExrInfo(const InputFile& file, ImageInfo* info);
std::string DecodeExr(const InputFile& file, ImageF* linear);

}  // namespace sanerf
