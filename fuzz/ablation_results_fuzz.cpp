#include "fuzz.h"
#include "sanerf/experiments/ablate/ablate_results.h"

namespace sanerf::fuzz::ablation_results {

int FuzzOne(const uint8_t* data, size_t size) {
  static MemoryFile file;
  return Expect([&] { experiments::ResultsFile(file.With(Bytes(data, size))).Find("one"); });
}

}  // namespace sanerf::fuzz::ablation_results
