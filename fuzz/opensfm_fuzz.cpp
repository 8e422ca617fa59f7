#include "fuzz.h"
#include "sanerf/core/job.h"
#include "sanerf/scene/load_scene.h"
#include "sanerf/scene/scene.h"
#include "scene_folder.h"

namespace sanerf::fuzz::opensfm {

int FuzzOne(const uint8_t* data, size_t size) {
  static const SceneFolder folder;
  folder.Write("reconstruction.json", Bytes(data, size));
  return Expect([&] { scene::LoadScene(folder.path() / "reconstruction.json", {}, Job()); });
}

}  // namespace sanerf::fuzz::opensfm
