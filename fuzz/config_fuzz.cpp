#include "fuzz.h"
#include "sanerf/core/json.h"
#include "sanerf/experiments/settings.h"

namespace sanerf::fuzz::config {

int FuzzOne(const uint8_t* data, size_t size) {
  static MemoryFile file;
  return Expect([&] {
    experiments::ExperimentSettings settings;
    pipeline::ApplyFile(settings, file.With(Bytes(data, size)));
    pipeline::ToJson(settings).dump();
  });
}

}  // namespace sanerf::fuzz::config
