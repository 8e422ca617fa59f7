// How a photo was taken, or where a picture is to be taken from.
#pragma once

#include <array>
#include <string>

namespace sanerf::api {

// A camera: OpenGL axes (x right, y up, looks along -z), pixel centers at +0.5, in the scene's own coordinates.
struct Camera {
  int width = 0, height = 0;
  // Pixels.
  double fx = 0, fy = 0, cx = 0, cy = 0;
  // OpenCV's radial-tangential distortion.
  double k1 = 0, k2 = 0, p1 = 0, p2 = 0;
  // Other lenses: perspective, rational, division, field_of_view, unified, fisheye, fisheye_624, equirectangular, with
  // their further terms. docs/conventions.md says what each means.
  std::string lens = "perspective";
  double k3 = 0, k4 = 0, k5 = 0, k6 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0;
  // 3 x 4, row-major: rotation | position.
  std::array<double, 12> world_from_cam{1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0};
  // Of scenes over time, when the picture is taken: 0 (the first moment) to 1 (the last).
  double time = 0;
};

}  // namespace sanerf::api
