#include "sanerf/export/far_coordinates.h"

#include <algorithm>
#include <cmath>

namespace sanerf::exports {
namespace {

constexpr double kHalfUlp = 0x1p-24;  // of single precision, relative
constexpr double kNoticed = 1e-5;     // of the box's size

}  // namespace

Vec3 OffsetOf(const Box& box) {
  const double farthest = std::max(box.min.cwiseAbs().maxCoeff(), box.max.cwiseAbs().maxCoeff());
  if (farthest * kHalfUlp <= kNoticed * (box.max - box.min).norm()) return Vec3::Zero();
  // Of few digits, whole ones for a box of some units, and still finer than the box where that is tiny.
  const double size = std::max((box.max - box.min).maxCoeff(), 1e-9);
  const double step = std::pow(10, std::floor(std::log10(size)));
  return (0.5 * (box.min + box.max) / step).array().round().matrix() * step;
}

}  // namespace sanerf::exports
