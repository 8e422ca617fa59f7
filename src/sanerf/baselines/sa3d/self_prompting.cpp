#include "sanerf/baselines/sa3d/self_prompting.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "sanerf/core/check.h"

namespace sanerf::baselines {

using sam::SamPrompt;

namespace {

constexpr int kReach = 12;          // of the dilation by 25 x 25 pixels (self_prompting.py:61)
constexpr float kExcluded = -1e5f;  // self_prompting.py:53

size_t ArgMax(const ImageF& image) {
  return size_t(std::max_element(image.data.begin(), image.data.end()) - image.data.begin());
}

// Half the side of the square around a point in which no other is placed: from the radius of a disk with the object's
// area.
int HalfSide(const ImageF& scores) {
  double area = 0;
  for (const float score : scores.data) area += std::clamp(score, 0.f, 1.f);
  return std::max(int(std::sqrt(area / std::numbers::pi)) / 2, 2);
}

void ExcludeSquare(size_t around, int half, ImageF* image) {
  const int cx = int(around) % image->width, cy = int(around) / image->width;
  for (int y = std::max(0, cy - half); y <= std::min(image->height - 1, cy + half); ++y)
    for (int x = std::max(0, cx - half); x <= std::min(image->width - 1, cx + half); ++x) image->At(x, y) = kExcluded;
}

// The highest score of the pixels on the mask or within kReach of it, along both axes.
float HighestAround(const ImageU8& mask, const ImageF& scores) {
  ImageU8 rows(mask.width, mask.height, 1);
  for (int y = 0; y < mask.height; ++y)
    for (int x = 0; x < mask.width; ++x) {
      if (mask.At(x, y) == 0) continue;
      for (int u = std::max(0, x - kReach); u <= std::min(mask.width - 1, x + kReach); ++u) rows.At(u, y) = 1;
    }
  float highest = kExcluded;
  for (int x = 0; x < mask.width; ++x) {
    int last = -2 * kReach;  // row of the last mask pixel above, then below
    for (int y = 0; y < mask.height; ++y) {
      if (rows.At(x, y) != 0) last = y;
      if (y - last <= kReach) highest = std::max(highest, scores.At(x, y));
    }
    last = mask.height + 2 * kReach;
    for (int y = mask.height - 1; y >= 0; --y) {
      if (rows.At(x, y) != 0) last = y;
      if (last - y <= kReach) highest = std::max(highest, scores.At(x, y));
    }
  }
  return highest;
}

// Depth from 0 (nearest) to 1 (farthest); where nothing is, 1.
ImageF NormalizedDepth(const ImageF& depth) {
  float nearest = INFINITY, farthest = 0;
  for (const float z : depth.data) {
    if (z > 0) nearest = std::min(nearest, z);
    farthest = std::max(farthest, z);
  }
  ImageF normalized(depth.width, depth.height, 1, 1.0f);
  for (size_t i = 0; i < depth.data.size(); ++i)
    if (depth.data[i] > 0 && farthest > nearest) normalized.data[i] = (depth.data[i] - nearest) / (farthest - nearest);
  return normalized;
}

// Distance of every pixel from one of them, in shares of the image's sides and of the range of depths; from 0 to 1.
ImageF DistancesFrom(size_t from, const ImageF& depth) {
  ImageF distances(depth.width, depth.height, 1);
  const float x0 = float(int(from) % depth.width) / float(depth.width);
  const float y0 = float(int(from) / depth.width) / float(depth.height);
  for (int y = 0; y < depth.height; ++y)
    for (int x = 0; x < depth.width; ++x) {
      const float dx = float(x) / float(depth.width) - x0, dy = float(y) / float(depth.height) - y0;
      const float dz = depth.At(x, y) - depth.data[from];
      distances.At(x, y) = std::sqrt(dx * dx + dy * dy + dz * dz);
    }
  const float largest = *std::max_element(distances.data.begin(), distances.data.end());
  for (float& distance : distances.data) distance /= std::max(largest, 1e-12f);
  return distances;
}

SamPrompt::Point PointAt(size_t pixel, int width) {
  return {float(int(pixel) % width) + 0.5f, float(int(pixel) / width) + 0.5f, 1};
}

}  // namespace

std::vector<SamPrompt::Point> SelfPrompts(const ImageF& scores, const ImageF& depth, int max_points,
                                          const std::function<ImageU8(const std::vector<SamPrompt::Point>&)>& decode) {
  SANERF_CHECK(scores.width == depth.width && scores.height == depth.height);
  size_t last = ArgMax(scores);
  if (scores.data[last] <= 0) return {};
  std::vector<SamPrompt::Point> points = {PointAt(last, scores.width)};
  const int half = HalfSide(scores);
  const ImageF places = NormalizedDepth(depth);
  ImageF left = scores;  // without the squares around points
  ImageF best;           // of every round so far
  while (int(points.size()) < max_points) {
    ExcludeSquare(last, half, &left);
    // Of all scores, those of the earlier points included: they are the highest of the object, so that what is as far
    // away as anything has to score about as high as they do.
    const float decay = std::max(HighestAround(decode(points), scores), 0.f);
    const ImageF distances = DistancesFrom(last, places);
    if (best.empty()) best = ImageF(scores.width, scores.height, 1, kExcluded);
    for (size_t i = 0; i < left.data.size(); ++i) {
      const bool is_excluded = left.data[i] == kExcluded;
      best.data[i] = is_excluded ? kExcluded : std::max(best.data[i], left.data[i] - distances.data[i] * decay);
    }
    last = ArgMax(best);
    if (best.data[last] <= 0) break;
    points.push_back(PointAt(last, scores.width));
  }
  return points;
}

}  // namespace sanerf::baselines
