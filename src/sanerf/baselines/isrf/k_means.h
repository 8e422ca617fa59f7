// Clusters of features (Lloyd 1982, started as k-means++ by Arthur and Vassilvitskii 2007).
#pragma once

#include <cstdint>
#include <vector>

#include "sanerf/core/job.h"

namespace sanerf::baselines {

float SquaredDistance(const float* a, const float* b, int channels);
// To the nearest of the centroids; infinity when there is none.
float NearestSquaredDistance(const float* feature, const std::vector<float>& centroids, int channels);

struct KMeansOptions {
  int k = 11;
  int iters = 100;
  uint64_t seed = 1;
};
// points [point][channel] -> centroids [cluster][channel]; fewer than k when there are fewer distinct points. Ends when
// no point changes its cluster, after `iters` rounds at the latest. Throws InterruptedError.
std::vector<float> KMeans(const std::vector<float>& points, int channels, const KMeansOptions& options, const Job& job);

}  // namespace sanerf::baselines
