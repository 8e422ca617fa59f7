// TIFF photos: of whole numbers, the first page. Files: image_io.h.
#pragma once

#include <string>

#include "sanerf/core/image.h"
#include "sanerf/core/input_file.h"

namespace sanerf {

// Both return "" or the reason why the file could not be decoded. 3 channels, 4 with alpha; 16 bits become 8.
std::string DecodeTiffInfo(const InputFile& file, ImageInfo* info);
std::string DecodeTiff(const InputFile& file, ImageU8* image);

}  // namespace sanerf
