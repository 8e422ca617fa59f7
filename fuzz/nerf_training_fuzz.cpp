#include "fuzz.h"
#include "mended_checkpoint.h"
#include "tiny_radiance_field.h"

namespace sanerf::fuzz::nerf_training {

// nerf/model.ckpt of an interrupted training that goes on.
int FuzzOne(const uint8_t* data, size_t size) {
  static MemoryFile file;
  static const SceneFolder photos;
  static nerf::NerfTrainer trainer(TinyScene(photos), TinyNerfOptions(), Job());
  return Expect([&] { trainer.Resume(file.With(MendedCheckpoint(Bytes(data, size)))); });
}

}  // namespace sanerf::fuzz::nerf_training
