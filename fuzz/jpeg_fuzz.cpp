#include "fuzz.h"
#include "sanerf/core/image_io.h"
#include "sanerf/poses/photo_lens.h"

namespace sanerf::fuzz::jpeg {

int FuzzOne(const uint8_t* data, size_t size) {
  static MemoryFile file;
  const std::filesystem::path& path = file.With(Bytes(data, size));
  Expect([&] { ReadImageInfo(path); });
  poses::LensOf(path);  // which says "" of what it cannot read
  return Expect([&] { ReadImage(path); });
}

}  // namespace sanerf::fuzz::jpeg
