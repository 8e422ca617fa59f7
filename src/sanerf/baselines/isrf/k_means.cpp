#include "sanerf/baselines/isrf/k_means.h"

#include <algorithm>
#include <limits>

#include "sanerf/core/check.h"
#include "sanerf/core/job.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/random.h"

namespace sanerf::baselines {
namespace {

constexpr int64_t kPointsPerChunk = 256;

// k-means++: each next centroid is a point drawn with the squared distance to those chosen as its weight.
std::vector<float> Start(const std::vector<float>& points, int channels, const KMeansOptions& options, const Job& job) {
  const size_t n = points.size() / size_t(channels);
  Random random(options.seed);
  std::vector<double> distance(n, std::numeric_limits<double>::infinity());
  std::vector<float> centroids;
  size_t chosen = random.NextBelow(uint32_t(n));
  while (true) {
    job.ThrowIfStopped("clustering");
    const float* point = &points[chosen * size_t(channels)];
    centroids.insert(centroids.end(), point, point + channels);
    if (centroids.size() == size_t(options.k) * size_t(channels)) return centroids;
    double total = 0;
    for (size_t i = 0; i < n; ++i) {
      distance[i] = std::min(distance[i], double(SquaredDistance(&points[i * size_t(channels)], point, channels)));
      total += distance[i];
    }
    if (!(total > 0)) return centroids;  // every point is a centroid already
    double left = random.NextDouble() * total;
    for (chosen = 0; chosen + 1 < n && left >= distance[chosen]; ++chosen) left -= distance[chosen];
  }
}

size_t NearestOf(const float* point, const std::vector<float>& centroids, int channels) {
  size_t best = 0;
  float least = std::numeric_limits<float>::infinity();
  for (size_t c = 0; c * size_t(channels) < centroids.size(); ++c) {
    const float distance = SquaredDistance(point, &centroids[c * size_t(channels)], channels);
    if (distance < least) best = c, least = distance;
  }
  return best;
}

// Means of the clusters; an empty one keeps its centroid.
void MoveToMeans(const std::vector<float>& points, const std::vector<size_t>& cluster, int channels,
                 std::vector<float>* centroids) {
  std::vector<double> sums(centroids->size(), 0.0), counts(centroids->size() / size_t(channels), 0.0);
  for (size_t i = 0; i < cluster.size(); ++i) {
    counts[cluster[i]] += 1;
    for (int c = 0; c < channels; ++c)
      sums[cluster[i] * size_t(channels) + size_t(c)] += points[i * size_t(channels) + size_t(c)];
  }
  for (size_t j = 0; j < sums.size(); ++j)
    if (counts[j / size_t(channels)] > 0) (*centroids)[j] = float(sums[j] / counts[j / size_t(channels)]);
}

}  // namespace

float SquaredDistance(const float* a, const float* b, int channels) {
  float sum = 0;
  for (int c = 0; c < channels; ++c) sum += (a[c] - b[c]) * (a[c] - b[c]);
  return sum;
}

float NearestSquaredDistance(const float* feature, const std::vector<float>& centroids, int channels) {
  float least = std::numeric_limits<float>::infinity();
  for (size_t c = 0; c < centroids.size(); c += size_t(channels))
    least = std::min(least, SquaredDistance(feature, &centroids[c], channels));
  return least;
}

std::vector<float> KMeans(const std::vector<float>& points, int channels, const KMeansOptions& options,
                          const Job& job) {
  SANERF_CHECK(options.k > 0 && channels > 0);
  const size_t n = points.size() / size_t(channels);
  if (n == 0) return {};
  std::vector<float> centroids = Start(points, channels, options, job);
  std::vector<size_t> cluster(n, n), before;
  for (int iter = 0; iter < options.iters; ++iter) {
    job.ThrowIfStopped("clustering");
    before = cluster;
    ParallelForChunks(int64_t(n), kPointsPerChunk, [&](int64_t begin, int64_t end) {
      for (size_t i = size_t(begin); i < size_t(end); ++i)
        cluster[i] = NearestOf(&points[i * size_t(channels)], centroids, channels);
    });
    if (cluster == before) break;
    MoveToMeans(points, cluster, channels, &centroids);
  }
  return centroids;
}

}  // namespace sanerf::baselines
