#include "fuzz.h"
#include "sanerf/core/image_io.h"

namespace sanerf::fuzz::photo_formats {

// WebP, TIFF, HEIC, AVIF, OpenEXR: whichever the program was built with.
int FuzzOne(const uint8_t* data, size_t size) {
  static MemoryFile file;
  const std::filesystem::path& path = file.With(Bytes(data, size));
  Expect([&] { ReadImageInfo(path); });
  return Expect([&] { ReadImage(path); });
}

}  // namespace sanerf::fuzz::photo_formats
