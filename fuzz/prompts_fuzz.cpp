#include "fuzz.h"
#include "sanerf/core/json.h"
#include "sanerf/mask_decoder/prompts.h"

namespace sanerf::fuzz::prompts {

int FuzzOne(const uint8_t* data, size_t size) {
  static MemoryFile file;
  return Expect([&] { mask_decoder::ToJson(mask_decoder::ReadPrompts(file.With(Bytes(data, size)))).dump(); });
}

}  // namespace sanerf::fuzz::prompts
