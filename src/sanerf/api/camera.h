// How a photo was taken, or where a picture is to be taken from.
#pragma once

#include <array>

namespace sanerf::api {

// A pinhole camera: OpenGL axes (x right, y up, looks along -z), pixel centers at +0.5, in the scene's own coordinates.
struct Camera {
  int width = 0, height = 0;
  // Pixels.
  double fx = 0, fy = 0, cx = 0, cy = 0;
  // OpenCV's radial-tangential distortion.
  double k1 = 0, k2 = 0, p1 = 0, p2 = 0;
  // 3 x 4, row-major: rotation | position.
  std::array<double, 12> world_from_cam{1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0};
};

}  // namespace sanerf::api
