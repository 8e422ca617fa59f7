#include "fuzz.h"
#include "sanerf/detect/wordpiece.h"

namespace sanerf::fuzz::vocabulary {

int FuzzOne(const uint8_t* data, size_t size) {
  static MemoryFile file;
  return Expect([&] { detect::WordPieces(file.With(Bytes(data, size))).Encode("a red mug, two bananas?"); });
}

}  // namespace sanerf::fuzz::vocabulary
