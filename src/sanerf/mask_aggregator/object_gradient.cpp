#include "sanerf/mask_aggregator/object_gradient.h"

#include <algorithm>
#include <cmath>

namespace sanerf {

using kernels::kTile;

template <class T>
double CrossEntropy(const T* logits, int num_labels, int label, T scale, T* grad_logits) {
  const T top = *std::max_element(logits, logits + num_labels);
  double sum = 0;
  for (int l = 0; l < num_labels; ++l) sum += std::exp(double(logits[l]) - top);
  for (int l = 0; l < num_labels; ++l)
    grad_logits[l] = scale * T(std::exp(double(logits[l]) - top) / sum - (l == label ? 1 : 0));
  return std::log(sum) + top - logits[label];
}

template double CrossEntropy(const float*, int, int, float, float*);
template double CrossEntropy(const double*, int, int, double, double*);

ObjectGradient::ObjectGradient(const ObjectField& field) : field_(field), scratch_(field.mlp.ScratchSize()) {}

void ObjectGradient::Compute(const SamplePool& pool, const std::vector<int>& rays, float loss_scale,
                             ObjectGroupGradient* out) {
  constexpr int kGeo = RadianceField::kGeometry;
  const int num_labels = field_.num_labels();
  int64_t num_samples = 0;
  for (const int ray : rays) num_samples += pool.rays[size_t(ray)].count;
  const int64_t n = kernels::NumTiles(num_samples);
  out->grid.num_tiles = n;
  out->grid.positions.Reserve(n * 3 * kTile);
  geometry_.Reserve(n * kGeo * kTile);
  out->grid.positions.Fill(0.5f);
  geometry_.Fill(0);
  int64_t slot = 0;
  for (const int ray : rays) {
    const SamplePool::PoolRay& r = pool.rays[size_t(ray)];
    for (int64_t i = r.first; i < r.first + r.count; ++i, ++slot) {
      const SamplePool::Sample& sample = pool.samples[size_t(i)];
      const int64_t tile = slot / kTile, lane = slot % kTile;
      for (int a = 0; a < 3; ++a) out->grid.positions[(tile * 3 + a) * kTile + lane] = sample.unit[a];
      for (int c = 0; c < kGeo; ++c) geometry_[(tile * kGeo + c) * kTile + lane] = sample.geometry[c];
    }
  }
  field_.Forward(out->grid.positions.data(), geometry_.data(), n, &grid_out_, &inputs_, &hidden_, &logits_);

  // Composite with the frozen weights, softmax after; the weights carry the gradient back to the samples.
  grad_logits_.Reserve(n * num_labels * kTile);
  grad_logits_.Fill(0);
  out->loss = 0;
  out->num_correct = 0;
  std::vector<float> composited(static_cast<size_t>(num_labels)), grad(composited.size());
  const auto at = [&](int64_t s, int l) { return (s / kTile * num_labels + l) * kTile + s % kTile; };
  slot = 0;
  for (const int ray : rays) {
    const SamplePool::PoolRay& r = pool.rays[size_t(ray)];
    std::fill(composited.begin(), composited.end(), 0.0f);
    for (int i = 0; i < r.count; ++i)
      for (int l = 0; l < num_labels; ++l)
        composited[size_t(l)] += pool.samples[size_t(r.first + i)].weight * logits_[at(slot + i, l)];
    out->loss += loss_scale * CrossEntropy(composited.data(), num_labels, r.label, loss_scale, grad.data());
    out->num_correct += std::max_element(composited.begin(), composited.end()) - composited.begin() == r.label;
    for (int i = 0; i < r.count; ++i)
      for (int l = 0; l < num_labels; ++l)
        grad_logits_[at(slot + i, l)] = pool.samples[size_t(r.first + i)].weight * grad[size_t(l)];
    slot += r.count;
  }

  const int64_t features = int64_t(field_.grid.num_outputs()) * kTile, in = int64_t(field_.num_inputs()) * kTile;
  grad_inputs_.Reserve(n * in);
  out->grad_mlp.Reserve(field_.mlp.params().size());
  out->grad_mlp.Fill(0);
  field_.mlp.Backward(inputs_.data(), hidden_.data(), grad_logits_.data(), n, grad_inputs_.data(), out->grad_mlp.data(),
                      scratch_.data());
  out->grid.grad_features.Reserve(n * features);
  for (int64_t tile = 0; tile < n; ++tile)
    std::copy_n(&grad_inputs_[tile * in], features, &out->grid.grad_features[tile * features]);
}

}  // namespace sanerf
