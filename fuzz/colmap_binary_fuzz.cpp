#include "fuzz.h"
#include "sanerf/core/job.h"
#include "sanerf/poses/sparse_model.h"
#include "sanerf/scene/load_scene.h"
#include "sanerf/scene/scene.h"
#include "scene_folder.h"

namespace sanerf::fuzz::colmap_binary {

// The three files of a model, one after another, for the reader of scenes and for the one that keeps everything.
int FuzzOne(const uint8_t* data, size_t size) {
  static const SceneFolder folder;
  const auto parts = Split(Bytes(data, size), 3);
  folder.Write("sparse/0/cameras.bin", parts[0]);
  folder.Write("sparse/0/images.bin", parts[1]);
  folder.Write("sparse/0/points3D.bin", parts[2]);
  Expect([&] { poses::ReadSparseModel(folder.path() / "sparse/0"); });
  return Expect([&] { scene::LoadScene(folder.path(), {}, Job()); });
}

}  // namespace sanerf::fuzz::colmap_binary
