#include "fuzz.h"
#include "sanerf/scene/instance_masks.h"

namespace sanerf::fuzz::hdf5_masks {

int FuzzOne(const uint8_t* data, size_t size) {
  static const Folder folder;
  folder.Write("0.hdf5", Bytes(data, size));
  return Expect([&] { scene::ReadInstanceIds(folder.path() / "0.hdf5"); });
}

}  // namespace sanerf::fuzz::hdf5_masks
