#include "sanerf/mask_decoder/seeds.h"

#include <algorithm>
#include <cmath>

namespace sanerf::mask_decoder {
namespace {

constexpr float kMinBorderDistance = 1.5f;  // pixels
constexpr float kMinSpacing = 4.f;
// How much a pixel of distance to the border is worth against a pixel of distance to the other points: with 3, points
// spread over the object but keep a third of their spacing away from its outline.
constexpr float kBorderWeight = 3.f;
constexpr float kDepthStep = 0.05f;  // of the depth, between neighboring pixels

bool IsDepthStep(float a, float b) { return !(a > 0) || !(b > 0) || std::abs(a - b) > kDepthStep * std::min(a, b); }

// Pixels of the mask that show a surface which continues to the right and below.
ImageU8 SolidPixels(const ImageU8& mask, const ImageF& depth) {
  ImageU8 solid(mask.width, mask.height, 1);
  for (int y = 0; y < mask.height; ++y) {
    for (int x = 0; x < mask.width; ++x) {
      const float z = depth.At(x, y);
      const bool steps = (x + 1 < mask.width && IsDepthStep(z, depth.At(x + 1, y))) ||
                         (y + 1 < mask.height && IsDepthStep(z, depth.At(x, y + 1)));
      solid.At(x, y) = mask.At(x, y) > 0 && z > 0 && !steps;
    }
  }
  return solid;
}

// Chamfer distance (1, sqrt 2) to the nearest pixel that is not solid; the image's border counts as not solid.
ImageF DistanceToBorder(const ImageU8& solid) {
  const float kDiagonal = std::sqrt(2.f);
  ImageF distance(solid.width, solid.height, 1);
  const auto at = [&](int x, int y) {
    return x < 0 || y < 0 || x >= solid.width || y >= solid.height ? 0.f : distance.At(x, y);
  };
  for (int y = 0; y < solid.height; ++y) {
    for (int x = 0; x < solid.width; ++x) {
      if (!solid.At(x, y)) continue;
      distance.At(x, y) =
          std::min({at(x - 1, y) + 1, at(x, y - 1) + 1, at(x - 1, y - 1) + kDiagonal, at(x + 1, y - 1) + kDiagonal});
    }
  }
  for (int y = solid.height - 1; y >= 0; --y) {
    for (int x = solid.width - 1; x >= 0; --x) {
      if (!solid.At(x, y)) continue;
      distance.At(x, y) = std::min({distance.At(x, y), at(x + 1, y) + 1, at(x, y + 1) + 1, at(x + 1, y + 1) + kDiagonal,
                                    at(x - 1, y + 1) + kDiagonal});
    }
  }
  return distance;
}

}  // namespace

std::vector<Vec2> SpreadInteriorPoints(const ImageU8& mask, const ImageF& depth, int count) {
  const ImageF border = DistanceToBorder(SolidPixels(mask, depth));
  std::vector<Vec2> points;
  ImageF spacing(mask.width, mask.height, 1, 1e9f);  // distance to the nearest chosen point
  while (static_cast<int>(points.size()) < count) {
    // The best pixel left.
    float best = 0;
    int best_x = -1, best_y = -1;
    for (int y = 0; y < mask.height; ++y) {
      for (int x = 0; x < mask.width; ++x) {
        if (border.At(x, y) < kMinBorderDistance || spacing.At(x, y) < kMinSpacing) continue;
        const float score = std::min(spacing.At(x, y), kBorderWeight * border.At(x, y));
        if (score > best) best = score, best_x = x, best_y = y;
      }
    }
    if (best_x < 0) break;

    points.emplace_back(best_x + 0.5, best_y + 0.5);
    for (int y = 0; y < mask.height; ++y) {
      for (int x = 0; x < mask.width; ++x) {
        const float dx = static_cast<float>(x - best_x), dy = static_cast<float>(y - best_y);
        spacing.At(x, y) = std::min(spacing.At(x, y), std::sqrt(dx * dx + dy * dy));
      }
    }
  }
  return points;
}

}  // namespace sanerf::mask_decoder
