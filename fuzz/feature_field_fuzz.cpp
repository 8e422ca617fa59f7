#include "fuzz.h"
#include "mended_checkpoint.h"
#include "sanerf/feature_container/field_file.h"

namespace sanerf::fuzz::feature_field {

// features/field.ckpt of a run.
int FuzzOne(const uint8_t* data, size_t size) {
  static const Folder folder;
  folder.Write("field.ckpt", MendedCheckpoint(Bytes(data, size)));
  return Expect([&] { feature_container::ReadFeatureField(folder.path()); });
}

}  // namespace sanerf::fuzz::feature_field
