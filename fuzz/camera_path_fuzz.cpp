#include "fuzz.h"
#include "sanerf/export/camera_path.h"

namespace sanerf::fuzz::camera_path {

int FuzzOne(const uint8_t* data, size_t size) {
  static MemoryFile file;
  static const scene::Scene scene = [] {
    scene::Scene one;
    Camera& camera = one.views.emplace_back().camera;
    camera.width = 16, camera.height = 12;
    camera.fx = camera.fy = 20, camera.cx = 8, camera.cy = 6;
    return one;
  }();
  return Expect([&] { exports::ReadCameraPath(file.With(Bytes(data, size)), scene); });
}

}  // namespace sanerf::fuzz::camera_path
