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
  const auto model = LensModelNamed(from.lens);
  if (!model)
    throw UsageError("there is no lens named '" + from.lens + "'", "a camera's lens is perspective, fisheye, …");
  to.lens = Lens(*model, {from.k1, from.k2, from.k3, from.k4, from.k5, from.k6, from.p1, from.p2, from.s1, from.s2,
                          from.s3, from.s4});
  for (int row = 0; row < 3; ++row) {
    for (int column = 0; column < 3; ++column)
      to.world_from_cam.rotation(row, column) = from.world_from_cam[size_t(row * 4 + column)];
    to.world_from_cam.translation[row] = from.world_from_cam[size_t(row * 4 + 3)];
  }
  to.time = from.time;
  return to;
}

Camera FromCamera(const sanerf::Camera& from) {
  Camera to{from.width, from.height, from.fx, from.fy, from.cx, from.cy};
  const LensTerms& t = from.lens.terms();
  to.k1 = t.k1, to.k2 = t.k2, to.k3 = t.k3, to.k4 = t.k4, to.k5 = t.k5, to.k6 = t.k6;
  to.p1 = t.p1, to.p2 = t.p2;
  to.s1 = t.s1, to.s2 = t.s2, to.s3 = t.s3, to.s4 = t.s4;
  to.lens = NameOf(from.lens.model());
  for (int row = 0; row < 3; ++row) {
    for (int column = 0; column < 3; ++column)
      to.world_from_cam[size_t(row * 4 + column)] = from.world_from_cam.rotation(row, column);
    to.world_from_cam[size_t(row * 4 + 3)] = from.world_from_cam.translation[row];
  }
  to.time = from.time;
  return to;
}

}  // namespace sanerf::api
