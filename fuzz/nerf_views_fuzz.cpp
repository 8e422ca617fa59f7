#include "fuzz.h"
#include "sanerf/nerf/view_residuals.h"

namespace sanerf::fuzz::nerf_views {

int FuzzOne(const uint8_t* data, size_t size) {
  static MemoryFile file;
  return Expect([&] { nerf::ReadViewResiduals(file.With(Bytes(data, size)), "000000000000002a"); });
}

}  // namespace sanerf::fuzz::nerf_views
