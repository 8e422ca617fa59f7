#include "fuzz.h"
#include "mended_checkpoint.h"
#include "sanerf/nerf/model.h"

namespace sanerf::fuzz::radiance_field {

// nerf/model.ckpt of a run.
int FuzzOne(const uint8_t* data, size_t size) {
  static MemoryFile file;
  return Expect([&] { nerf::NerfModel::Load(file.With(MendedCheckpoint(Bytes(data, size)))); });
}

}  // namespace sanerf::fuzz::radiance_field
