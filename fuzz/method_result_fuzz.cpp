#include "fuzz.h"
#include "sanerf/core/json.h"
#include "sanerf/experiments/compare/compare_formats.h"

namespace sanerf::fuzz::method_result {

// A file of compare/methods.
int FuzzOne(const uint8_t* data, size_t size) {
  static MemoryFile file;
  return Expect([&] {
    const Json json = ReadJsonFile(file.With(Bytes(data, size)));
    experiments::ToJson(experiments::MethodResultFrom(JsonCursor(json, "methods/NAME.json"))).dump();
  });
}

}  // namespace sanerf::fuzz::method_result
