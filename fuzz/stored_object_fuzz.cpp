#include "fuzz.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/run/object_store.h"

namespace sanerf::fuzz::stored_object {

// object.json and prompts.json, one after the other.
int FuzzOne(const uint8_t* data, size_t size) {
  static const Folder folder;
  static const run::RunFolder run =
      run::RunFolder::Create(folder.path(), folder.path() / "scene", scene::Scene(), Job());
  const auto parts = Split(Bytes(data, size), 2);
  folder.Write("objects/mug/object.json", parts[0]);
  folder.Write("objects/mug/prompts.json", parts[1]);
  return Expect([&] {
    for (const run::StoredObject& object : run::ListObjects(run))
      mask_decoder::ToJson(mask_decoder::Prompts{{object.prompt}}).dump();
  });
}

}  // namespace sanerf::fuzz::stored_object
