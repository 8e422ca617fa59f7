#include "sanerf/export/splat_start.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>
#include <vector>

#include "sanerf/core/check.h"

namespace sanerf::exports {
namespace {

using Eigen::Vector3f;

constexpr uint32_t kFinestCells = 1 << 20;  // per axis
constexpr float kWidthOfCell = 0.6f;        // standard deviation along the surface, of the cell
constexpr float kThicknessOfCell = 0.1f;    // across it
constexpr float kStartOpacity = 0.7f;
constexpr float kHarmonic = float(kHarmonic0);

// All of space in a ball of radius 2, the ball of radius 1 unchanged (Barron et al., mip-NeRF 360, 2022, Eq. 10).
Vector3f ContractedPoint(const Vector3f& p) {
  const float norm = p.norm();
  return norm <= 1 ? p : Vector3f((2 - 1 / norm) / norm * p);
}

// How much longer a short line across the direction from the origin is than its contraction.
float StretchAt(const Vector3f& p) {
  const float norm = p.norm();
  return norm <= 1 ? 1 : norm / (2 - 1 / norm);
}

uint64_t CellKey(const Vector3f& contracted, uint32_t per_axis) {
  uint64_t key = 0;
  for (int a = 0; a < 3; ++a) {
    const float along = std::clamp((contracted[a] + 2) / 4, 0.0f, 1.0f);
    key = key << 20 | std::min(uint64_t(along * float(per_axis)), uint64_t(per_axis - 1));
  }
  return key;
}

int64_t NumCells(const std::vector<Vector3f>& contracted, uint32_t per_axis) {
  std::vector<uint64_t> keys;
  keys.reserve(contracted.size());
  for (const Vector3f& p : contracted) keys.push_back(CellKey(p, per_axis));
  std::sort(keys.begin(), keys.end());
  return std::unique(keys.begin(), keys.end()) - keys.begin();
}

// Cells per axis of which at most `count` are occupied: the finest that bisection finds.
uint32_t FinestCells(const std::vector<Vector3f>& contracted, int64_t count) {
  uint32_t low = 1, high = kFinestCells;
  if (NumCells(contracted, high) <= count) return high;
  while (high - low > std::max(1u, low / 64)) {
    const uint32_t middle = (low + high) / 2;
    (NumCells(contracted, middle) <= count ? low : high) = middle;
  }
  return low;
}

void SetSplat(const Vector3f& position, const Vector3f& normal, const Vector3f& rgb, float cell, size_t i,
              SplatParameters* splats) {
  const Eigen::Quaternionf rotation = Eigen::Quaternionf::FromTwoVectors(Vector3f::UnitZ(), normal);
  const float quaternion[4] = {rotation.w(), rotation.x(), rotation.y(), rotation.z()};
  std::copy_n(quaternion, 4, &splats->rotations[4 * i]);
  for (int a = 0; a < 3; ++a) {
    const size_t at = 3 * i + size_t(a);
    splats->positions[at] = position[a];
    splats->log_scales[at] = std::log((a == 2 ? kThicknessOfCell : kWidthOfCell) * cell);
    splats->colors[at] = (rgb[a] - 0.5f) / kHarmonic;
  }
  splats->logits[i] = std::log(kStartOpacity / (1 - kStartOpacity));
}

}  // namespace

SplatParameters SplatsOnSurface(std::span<const SurfacePoint> points, int64_t count, int color_degree) {
  SANERF_CHECK(!points.empty() && count > 0);
  std::vector<Vector3f> contracted;
  contracted.reserve(points.size());
  for (const SurfacePoint& point : points) contracted.push_back(ContractedPoint(point.position));
  const uint32_t per_axis = FinestCells(contracted, count);
  std::vector<std::pair<uint64_t, uint32_t>> by_cell;
  by_cell.reserve(points.size());
  for (size_t i = 0; i < points.size(); ++i) by_cell.emplace_back(CellKey(contracted[i], per_axis), uint32_t(i));
  std::sort(by_cell.begin(), by_cell.end());

  // As fine as the points themselves lie: cells that hold one each say nothing of how far it is to the next.
  Vector3f low = contracted[0], high = low;
  for (const Vector3f& p : contracted) {
    low = low.cwiseMin(p);
    high = high.cwiseMax(p);
  }
  const float smallest = (high - low).norm() / (2 * std::sqrt(float(points.size())));
  const float cell = std::max({4 / float(per_axis), smallest, 1e-6f});

  SplatParameters splats(NumCells(contracted, per_axis), color_degree);
  size_t begin = 0;
  for (size_t i = 0; i < size_t(splats.size()); ++i) {
    Vector3f position = Vector3f::Zero(), normal = position, rgb = position;
    size_t end = begin;
    for (; end < by_cell.size() && by_cell[end].first == by_cell[begin].first; ++end) {
      const SurfacePoint& point = points[by_cell[end].second];
      position += point.position;
      normal += point.normal;
      rgb += point.rgb;
    }
    const float share = 1 / float(end - begin);
    position *= share;
    rgb *= share;
    if (normal.norm() < 1e-3f) normal = points[by_cell[begin].second].normal;  // both sides of something thin
    SetSplat(position, normal.normalized(), rgb, cell * StretchAt(position), i, &splats);
    begin = end;
  }
  return splats;
}

}  // namespace sanerf::exports
