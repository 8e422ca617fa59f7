#include "sanerf/api/camera_access.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sanerf/core/error.h"

namespace sanerf::api {
namespace {

constexpr int kLongestSide = 16384;

}  // namespace

sanerf::Camera ToCamera(const Camera& from) {
  if (from.width < 1 || from.height < 1 || from.width > kLongestSide || from.height > kLongestSide)
    throw UsageError(fmt::format("a camera of {}x{} pixels", from.width, from.height),
                     fmt::format("it has 1 to {} a side", kLongestSide));
  const bool is_finite = std::isfinite(from.fx + from.fy + from.cx + from.cy) &&
                         std::all_of(from.world_from_cam.begin(), from.world_from_cam.end(),
                                     [](double value) { return std::isfinite(value); });
  if (!is_finite || from.fx <= 0 || from.fy <= 0)
    throw UsageError("a camera needs focal lengths above 0, and numbers for all else");
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
  return to;
}

}  // namespace sanerf::api
