#include "fuzz.h"
#include "sanerf/scene/instance_masks.h"

// HDF5 itself (1.10.8) forgets 64 bytes of a data set whose layout it refuses.
extern "C" const char* __lsan_default_suppressions() { return "leak:libhdf5"; }

namespace sanerf::fuzz::hdf5_masks {

int FuzzOne(const uint8_t* data, size_t size) {
  static const Folder folder;
  folder.Write("0.hdf5", Bytes(data, size));
  return Expect([&] { scene::ReadInstanceIds(folder.path() / "0.hdf5"); });
}

}  // namespace sanerf::fuzz::hdf5_masks
