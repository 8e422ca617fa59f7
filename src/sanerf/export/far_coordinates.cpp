#include "sanerf/export/far_coordinates.h"

#include <cmath>

namespace sanerf::exports {
namespace {

constexpr double kHalfUlp = 0x1p-24;  // of single precision, relative
constexpr double kNoticed = 1e-5;     // of the box's size

}  // namespace

Vec3 OffsetOf(const Box& box) {
  const double farthest = std::max(box.min.cwiseAbs().maxCoeff(), box.max.cwiseAbs().maxCoeff());
  if (farthest * kHalfUlp <= kNoticed * (box.max - box.min).norm()) return Vec3::Zero();
  const Vec3 middle = 0.5 * (box.min + box.max);
  return {std::round(middle.x()), std::round(middle.y()), std::round(middle.z())};
}

}  // namespace sanerf::exports
