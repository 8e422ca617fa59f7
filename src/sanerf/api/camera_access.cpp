#include "sanerf/api/camera_access.h"

#include "sanerf/core/error.h"

namespace sanerf::api {

sanerf::Camera ToCamera(const Camera& from) {
  if (from.width <= 0 || from.height <= 0 || !(from.fx > 0) || !(from.fy > 0))
    throw UsageError("a camera needs a size and focal lengths above 0");
  sanerf::Camera to;
  to.width = from.width;
  to.height = from.height;
  to.fx = from.fx;
  to.fy = from.fy;
  to.cx = from.cx;
  to.cy = from.cy;
  to.distortion = {from.k1, from.k2, from.p1, from.p2};
  for (int row = 0; row < 3; ++row) {
    for (int column = 0; column < 3; ++column)
      to.world_from_cam.rotation(row, column) = from.world_from_cam[size_t(row * 4 + column)];
    to.world_from_cam.translation[row] = from.world_from_cam[size_t(row * 4 + 3)];
  }
  return to;
}

Camera FromCamera(const sanerf::Camera& from) {
  Camera to{from.width, from.height, from.fx, from.fy, from.cx, from.cy};
  to.k1 = from.distortion.k1;
  to.k2 = from.distortion.k2;
  to.p1 = from.distortion.p1;
  to.p2 = from.distortion.p2;
  for (int row = 0; row < 3; ++row) {
    for (int column = 0; column < 3; ++column)
      to.world_from_cam[size_t(row * 4 + column)] = from.world_from_cam.rotation(row, column);
    to.world_from_cam[size_t(row * 4 + 3)] = from.world_from_cam.translation[row];
  }
  return to;
}

}  // namespace sanerf::api
