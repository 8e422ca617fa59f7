#include "fuzz.h"
#include "sanerf/core/npy.h"

namespace sanerf::fuzz::npy {

int FuzzOne(const uint8_t* data, size_t size) {
  static MemoryFile file;
  return Expect([&] { ReadNpy(file.With(Bytes(data, size))); });
}

}  // namespace sanerf::fuzz::npy
