#include "fuzz.h"
#include "sanerf/core/content_hash.h"

namespace sanerf::fuzz::content_hashes {

// A store that is broken is a warning, so that every input is accepted.
int FuzzOne(const uint8_t* data, size_t size) {
  static const Folder folder;
  folder.Write(".hashes.json", Bytes(data, size));
  return Expect([&] {
    ContentHashes hashes;
    hashes.Recall(folder.path() / ".hashes.json", Job());
    hashes.Of(folder.path() / ".hashes.json");
  });
}

}  // namespace sanerf::fuzz::content_hashes
