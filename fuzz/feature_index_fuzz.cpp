#include "fuzz.h"
#include "sanerf/feature_container/cache_index.h"
#include "scene_folder.h"

namespace sanerf::fuzz::feature_index {

int FuzzOne(const uint8_t* data, size_t size) {
  static const SceneFolder folder;
  static const scene::Scene scene = [] {
    scene::Scene two;
    for (const char* name : {"images/0.png", "images/1.png"}) {
      scene::View view;
      view.name = name, view.image_path = folder.path() / name;
      view.camera.width = 16, view.camera.height = 12, view.camera.fx = view.camera.fy = 20;
      view.camera.cx = 8, view.camera.cy = 6;
      two.views.push_back(view);
    }
    return two;
  }();
  folder.Write("index.json", Bytes(data, size));
  return Expect([&] { feature_container::WhyStale(feature_container::ReadIndex(folder.path()), scene, 1); });
}

}  // namespace sanerf::fuzz::feature_index
