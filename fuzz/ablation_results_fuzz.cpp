#include "fuzz.h"
#include "sanerf/core/json.h"
#include "sanerf/experiments/ablate/ablate_results.h"

namespace sanerf::fuzz::ablation_results {

// A file of OUT/results.
int FuzzOne(const uint8_t* data, size_t size) {
  static MemoryFile file;
  return Expect([&] {
    const Json json = ReadJsonFile(file.With(Bytes(data, size)));
    experiments::ToJson(experiments::VariantResultFrom(JsonCursor(json, "results/KEY.json"))).dump();
  });
}

}  // namespace sanerf::fuzz::ablation_results
