#include <fmt/format.h>

#include "fuzz.h"
#include "sanerf/core/job.h"
#include "sanerf/scene/load_scene.h"
#include "sanerf/scene/scene.h"
#include "scene_folder.h"

namespace sanerf::fuzz::polycam {

// The cameras of the four photos, one after another.
int FuzzOne(const uint8_t* data, size_t size) {
  static const SceneFolder folder("keyframes/images/");
  const auto parts = Split(Bytes(data, size), kNumPhotos);
  for (size_t i = 0; i < kNumPhotos; ++i) folder.Write(fmt::format("keyframes/cameras/{}.json", i), parts[i]);
  return Expect([&] { scene::LoadScene(folder.path(), {}, Job()); });
}

}  // namespace sanerf::fuzz::polycam
