#include "fuzz.h"
#include "sanerf/core/job.h"
#include "sanerf/scene/load_scene.h"
#include "sanerf/scene/scene.h"
#include "scene_folder.h"

namespace sanerf::fuzz::record3d {

int FuzzOne(const uint8_t* data, size_t size) {
  static const SceneFolder folder("rgb/");
  folder.Write("metadata.json", Bytes(data, size));
  return Expect([&] { scene::LoadScene(folder.path(), {}, Job()); });
}

}  // namespace sanerf::fuzz::record3d
