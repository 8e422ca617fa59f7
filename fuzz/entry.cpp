// libFuzzer's entry; compiled once per target with its name.
#include <cstddef>
#include <cstdint>

namespace sanerf::fuzz::SANERF_FUZZ_NAME {
int FuzzOne(const uint8_t* data, size_t size);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  return sanerf::fuzz::SANERF_FUZZ_NAME::FuzzOne(data, size);
}
