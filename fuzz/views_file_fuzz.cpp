#include "fuzz.h"
#include "sanerf/core/json.h"
#include "sanerf/mask_decoder/views_file.h"

namespace sanerf::fuzz::views_file {

int FuzzOne(const uint8_t* data, size_t size) {
  static MemoryFile file;
  static const Scene scene = [] {
    Scene two;
    two.views.resize(2);
    two.views[0].name = "images/0.png";
    two.views[1].name = "images/1.png";
    return two;
  }();
  return Expect([&] { ToJson(ReadDecoded(file.With(Bytes(data, size)), scene)).dump(); });
}

}  // namespace sanerf::fuzz::views_file
