#include "fuzz.h"
#include "sanerf/core/job.h"
#include "sanerf/scene/load_scene.h"
#include "sanerf/scene/scene.h"
#include "scene_folder.h"

namespace sanerf::fuzz::colmap_text {

// The three files of a model, one after another.
int FuzzOne(const uint8_t* data, size_t size) {
  static const SceneFolder folder;
  const auto parts = Split(Bytes(data, size), 3);
  folder.Write("sparse/0/cameras.txt", parts[0]);
  folder.Write("sparse/0/images.txt", parts[1]);
  folder.Write("sparse/0/points3D.txt", parts[2]);
  return Expect([&] { scene::LoadScene(folder.path(), {}, Job()); });
}

}  // namespace sanerf::fuzz::colmap_text
