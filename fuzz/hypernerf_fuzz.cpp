#include <string>

#include "fuzz.h"
#include "sanerf/core/job.h"
#include "sanerf/scene/load_scene.h"
#include "sanerf/scene/scene.h"
#include "scene_folder.h"

namespace sanerf::fuzz::hypernerf {

// dataset.json, metadata.json, scene.json, then a camera for each of the four photos.
int FuzzOne(const uint8_t* data, size_t size) {
  static const SceneFolder folder("rgb/1x/");
  const auto parts = Split(Bytes(data, size), 3 + kNumPhotos);
  folder.Write("dataset.json", parts[0]);
  folder.Write("metadata.json", parts[1]);
  folder.Write("scene.json", parts[2]);
  for (size_t i = 0; i < kNumPhotos; ++i) folder.Write("camera/" + std::to_string(i) + ".json", parts[3 + i]);
  return Expect([&] { scene::LoadScene(folder.path(), {}, Job()); });
}

}  // namespace sanerf::fuzz::hypernerf
