#include "sanerf/baselines/contrastive_lift/slow_fast_loss.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace sanerf::baselines {
namespace {

template <class T>
struct Centroid {
  std::vector<T> mean;  // of the slow embeddings
  int num_slow = 0, num_fast = 0;
};

// Of the segments that have slow rays.
template <class T>
std::map<int, Centroid<T>> Centroids(const SlowFastRays<T>& rays) {
  std::map<int, Centroid<T>> centroids;
  for (size_t j = 0; j < rays.slow_segments.size(); ++j) {
    Centroid<T>& centroid = centroids[rays.slow_segments[j]];
    centroid.mean.resize(size_t(rays.dims), T(0));
    for (int d = 0; d < rays.dims; ++d) centroid.mean[size_t(d)] += rays.slow[j * size_t(rays.dims) + size_t(d)];
    ++centroid.num_slow;
  }
  for (auto& [segment, centroid] : centroids)
    for (T& x : centroid.mean) x /= T(centroid.num_slow);
  for (const int segment : rays.fast_segments)
    if (const auto found = centroids.find(segment); found != centroids.end()) ++found->second.num_fast;
  return centroids;
}

template <class T>
double AddConcentration(const SlowFastRays<T>& rays, const std::map<int, Centroid<T>>& centroids, T* grad_fast) {
  const auto num_both =
      std::count_if(centroids.begin(), centroids.end(), [](const auto& c) { return c.second.num_fast > 0; });
  double loss = 0;
  for (size_t i = 0; i < rays.fast_segments.size(); ++i) {
    const auto found = centroids.find(rays.fast_segments[i]);
    if (found == centroids.end()) continue;
    const T* f = rays.fast + i * size_t(rays.dims);
    T squared = 0;
    for (int d = 0; d < rays.dims; ++d)
      squared += (f[d] - found->second.mean[size_t(d)]) * (f[d] - found->second.mean[size_t(d)]);
    const T nearness = T(rays.confidence[i]) * std::exp(-squared) / T(int64_t(found->second.num_fast) * num_both);
    loss -= double(nearness);
    for (int d = 0; d < rays.dims; ++d)
      grad_fast[i * size_t(rays.dims) + size_t(d)] += 2 * nearness * (f[d] - found->second.mean[size_t(d)]);
  }
  return loss;
}

template <class T>
double AddContrast(const SlowFastRays<T>& rays, const std::map<int, Centroid<T>>& centroids, T* grad_fast) {
  const auto is_on_both_sides = [&](int segment) { return centroids.contains(segment); };
  const auto num_terms = std::count_if(rays.fast_segments.begin(), rays.fast_segments.end(), is_on_both_sides);
  const size_t num_slow = rays.slow_segments.size(), dims = size_t(rays.dims);
  std::vector<T> distance(num_slow), kernel(num_slow), exponent(num_slow);
  double loss = 0;
  for (size_t i = 0; i < rays.fast_segments.size(); ++i) {
    const int segment = rays.fast_segments[i];
    if (!is_on_both_sides(segment)) continue;
    const T* f = rays.fast + i * dims;
    T all = 0, same = 0;
    for (size_t j = 0; j < num_slow; ++j) {
      T squared = 0;
      for (size_t d = 0; d < dims; ++d) squared += (f[d] - rays.slow[j * dims + d]) * (f[d] - rays.slow[j * dims + d]);
      distance[j] = std::sqrt(squared);
      kernel[j] = std::exp(-distance[j]);
      exponent[j] = std::exp(kernel[j]);
      all += exponent[j];
      if (rays.slow_segments[j] == segment) same += exponent[j];
    }
    loss += std::log(double(all)) - std::log(double(same));
    // d loss / d kernel_j = exp_j / all - [same segment] exp_j / same; kernel falls by itself along the unit vector
    // from s_j.
    for (size_t j = 0; j < num_slow; ++j) {
      if (distance[j] == 0) continue;  // the kernel's tip: no direction
      const T grad_kernel = exponent[j] / all - (rays.slow_segments[j] == segment ? exponent[j] / same : T(0));
      const T along = -kernel[j] * grad_kernel / distance[j] / T(num_terms);
      for (size_t d = 0; d < dims; ++d) grad_fast[i * dims + d] += along * (f[d] - rays.slow[j * dims + d]);
    }
  }
  return num_terms > 0 ? loss / double(num_terms) : 0;
}

}  // namespace

template <class T>
double SlowFastLoss(const SlowFastRays<T>& rays, T* grad_fast) {
  std::fill_n(grad_fast, rays.fast_segments.size() * size_t(rays.dims), T(0));
  const std::map<int, Centroid<T>> centroids = Centroids(rays);
  return AddConcentration(rays, centroids, grad_fast) + AddContrast(rays, centroids, grad_fast);
}

template double SlowFastLoss(const SlowFastRays<float>&, float*);
template double SlowFastLoss(const SlowFastRays<double>&, double*);

}  // namespace sanerf::baselines
