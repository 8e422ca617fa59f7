// A JPEG file, which only tests write. For tests only.
#pragma once

#include <filesystem>

#include "sanerf/core/files.h"
#include "sanerf/core/jpeg_codec.h"

namespace sanerf {

inline void WriteJpeg(const std::filesystem::path& path, const ImageU8& image, int quality = 92) {
  WriteFileAtomic(path, EncodeJpeg(image, quality));
}

}  // namespace sanerf
