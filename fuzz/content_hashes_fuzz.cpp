#include "fuzz.h"
#include "sanerf/core/content_hash.h"
#include "sanerf/core/job.h"

namespace sanerf::fuzz::content_hashes {

namespace {

class Warnings : public EventSink {
 public:
  void Take(const Event& event) override { num_ += event.kind == Event::Kind::kWarning; }
  int num() const { return num_; }

 private:
  int num_ = 0;
};

}  // namespace

// A store that is broken is a warning, and counts as refused.
int FuzzOne(const uint8_t* data, size_t size) {
  static const Folder folder;
  folder.Write(".hashes.json", Bytes(data, size));
  return Expect([&] {
    Warnings warnings;
    ContentHashes hashes;
    hashes.Recall(folder.path() / ".hashes.json", Job().With(warnings));
    hashes.Of(folder.path() / ".hashes.json");
    if (warnings.num() > 0) throw Error("no store of hashes");
  });
}

}  // namespace sanerf::fuzz::content_hashes
