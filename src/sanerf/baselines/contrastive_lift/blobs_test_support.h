// For tests: points in blobs.
#pragma once

#include <vector>

#include "sanerf/core/random.h"

namespace sanerf::baselines {

struct Blob {
  std::vector<float> middle;
  int count;
};

// Points within +-`spread` of each middle.
inline std::vector<float> Points(const std::vector<Blob>& blobs, float spread) {
  Random random(5);
  std::vector<float> points;
  for (const Blob& blob : blobs)
    for (int i = 0; i < blob.count; ++i)
      for (const float x : blob.middle) points.push_back(x + spread * (2 * random.NextFloat() - 1));
  return points;
}

inline const std::vector<Blob> kBlobs = {{{0.1f, 0.1f}, 100}, {{0.9f, 0.2f}, 300}, {{0.5f, 0.8f}, 200}};

}  // namespace sanerf::baselines
