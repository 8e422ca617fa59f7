#include "fuzz.h"
#include "sanerf/experiments/compare/eval_set.h"

namespace sanerf::fuzz::eval_set {

int FuzzOne(const uint8_t* data, size_t size) {
  static const Folder folder;
  static const bool has_scene = (folder.Write("fern/prompts.json", "{}"), true);
  static_cast<void>(has_scene);
  folder.Write("eval_set.json", Bytes(data, size));
  return Expect([&] { experiments::ReadEvalSet(folder.path()); });
}

}  // namespace sanerf::fuzz::eval_set
