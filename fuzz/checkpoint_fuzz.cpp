#include "fuzz.h"
#include "mended_checkpoint.h"
#include "sanerf/core/json.h"
#include "sanerf/nn/checkpoint.h"

namespace sanerf::fuzz::checkpoint {
namespace {

void ReadAll(const std::filesystem::path& path) {
  const nn::CheckpointReader reader(path, "nerf");
  const Json meta = reader.meta();
  for (const char* name : {"grid", "weights", "nothing"}) {
    if (reader.Has(name)) reader.Read(name);
  }
}

}  // namespace

int FuzzOne(const uint8_t* data, size_t size) {
  static MemoryFile file;
  Expect([&] { ReadAll(file.With(Bytes(data, size))); });
  return Expect([&] { ReadAll(file.With(MendedCheckpoint(Bytes(data, size)))); });
}

}  // namespace sanerf::fuzz::checkpoint
