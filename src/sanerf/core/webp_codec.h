// WebP photos. Files: image_io.h.
#pragma once

#include <string>
#include <string_view>

#include "sanerf/core/image.h"

namespace sanerf {

// Both return "" or the reason why the bytes could not be decoded. 3 channels, 4 with alpha.
std::string DecodeWebpInfo(std::string_view bytes, ImageInfo* info);
std::string DecodeWebp(std::string_view bytes, ImageU8* image);

}  // namespace sanerf
