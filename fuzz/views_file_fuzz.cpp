#include "fuzz.h"
#include "sanerf/core/json.h"
#include "sanerf/mask_decoder/views_file.h"

namespace sanerf::fuzz::views_file {

int FuzzOne(const uint8_t* data, size_t size) {
  static MemoryFile file;
  static const scene::Scene scene = [] {
    scene::Scene two;
    two.views.resize(2);
    two.views[0].name = "images/0.png";
    two.views[1].name = "images/1.png";
    return two;
  }();
  return Expect([&] { mask_decoder::ToJson(mask_decoder::ReadDecoded(file.With(Bytes(data, size)), scene)).dump(); });
}

}  // namespace sanerf::fuzz::views_file
