#include "sanerf/segmentation/automatic/coplanar.h"

#include <Eigen/Dense>
#include <cmath>
#include <limits>
#include <vector>

#include "sanerf/core/geometry.h"

namespace sanerf::segmentation {
namespace {

constexpr int kRim = 2;               // pixels beside an outline whose depth may belong to the other side
constexpr int kRing = 5;              // how far around the mask depth is compared
constexpr double kTolerance = 0.015;  // of the depth: the noise of a rendered plane
constexpr double kPlanar = 0.85;      // of the mask's pixels
constexpr double kContinued = 0.5;    // of the pixels around it
constexpr size_t kMinPixels = 12;     // fewer tell nothing
constexpr int kFitRounds = 3;

struct DepthPixel {
  double x, y, z;
};

// How many of the eight neighbors at distance `reach` are on the mask.
int CountAround(const BitMask& mask, int x, int y, int reach) {
  int count = 0;
  for (int dy = -1; dy <= 1; ++dy) {
    for (int dx = -1; dx <= 1; ++dx) {
      const int u = x + dx * reach, v = y + dy * reach;
      if ((dx != 0 || dy != 0) && u >= 0 && v >= 0 && u < mask.width() && v < mask.height()) count += mask.At(u, v);
    }
  }
  return count;
}

struct SurroundingPixels {
  std::vector<DepthPixel> inside, around;
};

SurroundingPixels Collect(const BitMask& mask, const ImageF& depth) {
  SurroundingPixels pixels;
  for (int y = 0; y < mask.height(); ++y) {
    for (int x = 0; x < mask.width(); ++x) {
      if (depth.At(x, y) <= 0) continue;
      const DepthPixel pixel{double(x), double(y), double(depth.At(x, y))};
      if (mask.At(x, y)) {
        if (CountAround(mask, x, y, kRim) == 8) pixels.inside.push_back(pixel);
      } else if (CountAround(mask, x, y, kRing) > 0 && CountAround(mask, x, y, kRim) == 0) {
        pixels.around.push_back(pixel);
      }
    }
  }
  return pixels;
}

// 1/z = plane . (1, x, y)
double DepthOf(const Vec3& plane, const DepthPixel& pixel) {
  const double inverse = plane.dot(Vec3(1, pixel.x, pixel.y));
  return inverse > 0 ? 1 / inverse : std::numeric_limits<double>::infinity();
}
bool IsOn(const Vec3& plane, const DepthPixel& pixel) {
  const double z = DepthOf(plane, pixel);
  return std::abs(pixel.z - z) <= kTolerance * z;
}

// Least squares; the later rounds leave out what the earlier plane misses.
Vec3 FitPlane(const std::vector<DepthPixel>& pixels) {
  Vec3 plane = Vec3::Zero();
  for (int round = 0; round < kFitRounds; ++round) {
    Mat3 a = Mat3::Zero();
    Vec3 b = Vec3::Zero();
    for (const DepthPixel& pixel : pixels) {
      if (round > 0 && !IsOn(plane, pixel)) continue;
      const Vec3 row(1, pixel.x, pixel.y);
      a += row * row.transpose();
      b += row / pixel.z;
    }
    const Vec3 fitted = a.ldlt().solve(b);
    if (!fitted.allFinite()) break;
    plane = fitted;
  }
  return plane;
}

}  // namespace

bool IsCoplanar(const BitMask& mask, const ImageF& depth) {
  const SurroundingPixels pixels = Collect(mask, depth);
  if (pixels.inside.size() < kMinPixels || pixels.around.size() < kMinPixels) return false;
  const Vec3 plane = FitPlane(pixels.inside);
  size_t on_plane = 0, continued = 0, behind = 0;
  for (const DepthPixel& pixel : pixels.inside) on_plane += IsOn(plane, pixel);
  if (double(on_plane) < kPlanar * double(pixels.inside.size())) return false;
  for (const DepthPixel& pixel : pixels.around) {
    if (IsOn(plane, pixel)) {
      ++continued;
    } else if (pixel.z > DepthOf(plane, pixel)) {
      ++behind;
    }
  }
  return continued > 0 && double(continued) >= kContinued * double(continued + behind);
}

}  // namespace sanerf::segmentation
