#include <fmt/format.h>

#include "fuzz.h"
#include "sanerf/core/job.h"
#include "sanerf/scene/load_scene.h"
#include "sanerf/scene/scene.h"
#include "scene_folder.h"

namespace sanerf::fuzz::panoptic_lifting {

// Intrinsics, the poses of the four photos and the split, one after another.
int FuzzOne(const uint8_t* data, size_t size) {
  static const SceneFolder folder;
  const auto parts = Split(Bytes(data, size), 6);
  folder.Write("intrinsic/intrinsic_color.txt", parts[0]);
  for (size_t i = 0; i < 4; ++i) folder.Write(fmt::format("pose/{}.txt", i), parts[1 + i]);
  folder.Write("splits.json", parts[5]);
  return Expect([&] { scene::LoadScene(folder.path(), {}, Job()); });
}

}  // namespace sanerf::fuzz::panoptic_lifting
