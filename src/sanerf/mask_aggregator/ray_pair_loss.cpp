#include "sanerf/mask_aggregator/ray_pair_loss.h"

#include <algorithm>
#include <cmath>

namespace sanerf::mask_aggregator {

template <class T>
T LabelDistance(const RayPairOptions& options, int num_labels, const T* a, const T* b, T scale, T* grad_b) {
  T dot = 0, aa = 0, bb = 0;
  for (int l = 0; l < num_labels; ++l) {
    dot += a[l] * b[l];
    aa += a[l] * a[l];
    bb += b[l] * b[l];
  }
  const T sharpness = T(options.sharpness), norm = options.cosine ? std::sqrt(aa * bb) : std::max(aa, bb);
  const T value = std::exp(-sharpness * dot / norm - T(1e-6));
  if (grad_b != nullptr) {
    // d/db (a.b / m) = a / m - b (a.b / m) c with c = 2 / |b|^2 where m = |b|^2, 1 / |b|^2 where m = |a| |b|, else 0.
    const T inner = dot / norm * (options.cosine ? 1 / bb : bb > aa ? 2 / bb : T(0));
    for (int l = 0; l < num_labels; ++l) grad_b[l] -= sharpness * value * scale * (a[l] / norm - inner * b[l]);
  }
  return value;
}

template <class T>
T RayPairLoss(const RayPairOptions& options, const RayPairs<T>& rays, T scale, T* grad_probabilities) {
  const auto& [num_rays, num_labels, probabilities, rgb, references] = rays;
  const T tau_squared = T(options.tau) * T(options.tau),
          per_reference = T(1) / T(std::max<size_t>(1, references.size()));
  T loss = 0;
  std::vector<int> alike;
  std::vector<T> reference(static_cast<size_t>(num_labels));
  for (const int k : references) {
    alike.clear();
    for (int r = 0; r < num_rays; ++r) {
      T squared = 0;
      for (int c = 0; c < 3; ++c) squared += (rgb[3 * r + c] - rgb[3 * k + c]) * (rgb[3 * r + c] - rgb[3 * k + c]);
      if (r != k && squared < tau_squared) alike.push_back(r);
    }
    if (alike.empty()) continue;
    const T* p = &probabilities[k * num_labels];
    std::copy_n(p, num_labels, reference.begin());
    if (options.hard) {
      const auto best = std::max_element(p, p + num_labels) - p;
      std::fill(reference.begin(), reference.end(), T(0));
      reference[size_t(best)] = 1;
    }
    const T share = per_reference / T(alike.size());
    for (const int r : alike)
      loss += share * LabelDistance(options, num_labels, reference.data(), &probabilities[r * num_labels],
                                    scale * share, &grad_probabilities[r * num_labels]);
  }
  return loss;
}

#define SANERF_INSTANTIATE(T)                                                      \
  template T LabelDistance(const RayPairOptions&, int, const T*, const T*, T, T*); \
  template T RayPairLoss(const RayPairOptions&, const RayPairs<T>&, T, T*)
SANERF_INSTANTIATE(float);
SANERF_INSTANTIATE(double);
#undef SANERF_INSTANTIATE

}  // namespace sanerf::mask_aggregator
