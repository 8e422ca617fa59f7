#include "sanerf/mask_decoder/visibility.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "sanerf/core/quantiles.h"

namespace sanerf::mask_decoder {
namespace {

// Neighboring pixels whose depths differ by less than this share belong to one surface: at 500 pixels per view a step
// of 2 % is a slant of more than 80 degrees.
constexpr double kSameSurface = 0.02;
// A pixel that differs by more than this from all around it shows no part of them.
constexpr double kSteepSlope = 0.1;

bool Agree(double a, double b, double share) { return std::abs(a - b) <= share * std::min(a, b); }

bool Inside(const ImageF& image, int x, int y) { return x >= 0 && y >= 0 && x < image.width && y < image.height; }

// Bilinear in 1/z, none when the four pixels are not one surface with `depth_here`.
std::optional<double> InterpolatedDepth(const ImageF& depth, const Vec2& px, double depth_here) {
  const double u = px.x() - 0.5, v = px.y() - 0.5;
  const int x0 = static_cast<int>(std::floor(u)), y0 = static_cast<int>(std::floor(v));
  const double wx = u - x0, wy = v - y0;
  double inverse = 0;
  for (int dy = 0; dy < 2; ++dy) {
    for (int dx = 0; dx < 2; ++dx) {
      const double weight = (dx ? wx : 1 - wx) * (dy ? wy : 1 - wy);
      if (weight == 0) continue;
      if (!Inside(depth, x0 + dx, y0 + dy)) return std::nullopt;
      const double z = depth.At(x0 + dx, y0 + dy);
      if (!(z > 0) || !Agree(z, depth_here, kSameSurface)) return std::nullopt;
      inverse += weight / z;
    }
  }
  return 1 / inverse;
}

constexpr std::array<const char*, 5> kStateNames = {"visible", "occluded", "floating", "outside", "behind"};

}  // namespace

const char* NameOf(PointState state) { return kStateNames[size_t(state)]; }

std::optional<PointState> PointStateFromName(const std::string& name) {
  const auto found = std::find(kStateNames.begin(), kStateNames.end(), name);
  if (found == kStateNames.end()) return std::nullopt;
  return PointState(found - kStateNames.begin());
}

std::optional<double> SurfaceDepth(const ImageF& depth, const Vec2& px) {
  const int x = static_cast<int>(std::floor(px.x())), y = static_cast<int>(std::floor(px.y()));
  if (!Inside(depth, x, y)) return std::nullopt;
  const double here = depth.At(x, y);

  std::vector<double> hits, same_surface;
  int num_near = 0;  // neighbors that a steep slope could explain
  for (int dy = -1; dy <= 1; ++dy) {
    for (int dx = -1; dx <= 1; ++dx) {
      if (!Inside(depth, x + dx, y + dy)) continue;
      const double z = depth.At(x + dx, y + dy);
      if (!(z > 0)) continue;
      hits.push_back(z);
      if (!(here > 0)) continue;
      if (Agree(z, here, kSameSurface)) same_surface.push_back(z);
      num_near += (dx != 0 || dy != 0) && Agree(z, here, kSteepSlope);
    }
  }
  // Three in the window are one surface, also on a line one pixel wide.
  if (same_surface.size() >= 3) {
    const auto interpolated = InterpolatedDepth(depth, px, here);
    return interpolated ? *interpolated : Median(same_surface);
  }
  if (num_near > 0) return here;  // the rim of a ball, a crease
  if (hits.size() >= 5) return Median(hits);
  if (here > 0) return here;
  return std::nullopt;
}

PointInView FindInView(const Vec3& p_file, const Camera& camera, const ImageF& depth, const DepthTolerance& tolerance) {
  PointInView found;
  found.z = camera.ZDepth(p_file);
  if (!(found.z > 0)) return found;

  found.state = PointState::kOutside;
  const auto px = camera.Project(p_file);  // none where the lens's distortion has no meaning any more
  if (!px) return found;
  found.px = *px;
  if (!camera.Contains(*px)) return found;

  const int x = static_cast<int>(px->x()), y = static_cast<int>(px->y());
  double best = std::numeric_limits<double>::infinity();
  Vec2 best_px = *px;
  const auto consider = [&](int column, int row, const Vec2& at) {
    if (!Inside(depth, column, row)) return;
    const double z = depth.At(column, row);
    const double excess = z > 0 ? std::abs(found.z - z) / tolerance.At(z) : std::numeric_limits<double>::infinity();
    if (excess < best) {
      best = excess;
      best_px = at;
    }
  };
  consider(x, y, *px);
  if (best > 1) {
    for (int dy = -1; dy <= 1; ++dy) {
      for (int dx = -1; dx <= 1; ++dx) consider(x + dx, y + dy, Vec2(x + dx + 0.5, y + dy + 0.5));
    }
  }
  if (best <= 1) {
    found.state = PointState::kVisible;
    found.px = best_px;
  } else {
    const double shown = depth.At(x, y);
    found.state = shown > 0 && found.z > shown ? PointState::kOccluded : PointState::kFloating;
  }
  return found;
}

}  // namespace sanerf::mask_decoder
