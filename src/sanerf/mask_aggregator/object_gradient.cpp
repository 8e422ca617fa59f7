#include "sanerf/mask_aggregator/object_gradient.h"

#include <algorithm>
#include <cmath>

#include "sanerf/kernels/tiled.h"

namespace sanerf::mask_aggregator {

using kernels::Tiled;
using kernels::TiledSample;
using kernels::TiledSize;

namespace {

constexpr int kGeo = nerf::RadianceField::kGeometry;

// use(sample, slot, number of its ray in `rays`): the rays' samples lie in the slots one after the other.
template <class Use>
void ForEachSample(const nerf::TracedRays& all, std::span<const int> rays, const Use& use) {
  int64_t slot = 0;
  for (size_t i = 0; i < rays.size(); ++i)
    for (int64_t s = all.first[size_t(rays[i])]; s < all.first[size_t(rays[i]) + 1]; ++s) use(size_t(s), slot++, i);
}

}  // namespace

template <class T>
double CrossEntropy(const T* logits, int num_labels, int label, T scale, T* grad_logits, T smoothing) {
  const T top = *std::max_element(logits, logits + num_labels);
  double sum = 0;
  for (int l = 0; l < num_labels; ++l) sum += std::exp(double(logits[l]) - top);
  double wanted = 0;  // mean logit under the target
  for (int l = 0; l < num_labels; ++l) {
    const double target = double(smoothing) / num_labels + (l == label ? 1 - double(smoothing) : 0);
    grad_logits[l] = scale * T(std::exp(double(logits[l]) - top) / sum - target);
    wanted += target * logits[l];
  }
  return std::log(sum) + top - wanted;
}

template double CrossEntropy(const float*, int, int, float, float*, float);
template double CrossEntropy(const double*, int, int, double, double*, double);

double RayPairLossOfLogits(const RayPairOptions& options, const RayPairs<float>& rays, float scale,
                           float* grad_logits) {
  const int num_rays = rays.num_rays, num_labels = rays.num_labels;
  const size_t size = size_t(num_rays) * size_t(num_labels);
  std::vector<float> p(size), grad_p(size, 0);
  for (int r = 0; r < num_rays; ++r) Softmax(num_labels, rays.outputs + r * num_labels, &p[size_t(r * num_labels)]);
  const double loss =
      RayPairLoss<float>(options, {num_rays, num_labels, p.data(), rays.rgb, rays.references}, scale, grad_p.data());
  for (int r = 0; r < num_rays; ++r) {  // through the softmax
    const float *pr = &p[size_t(r * num_labels)], *g = &grad_p[size_t(r * num_labels)];
    float mean = 0;
    for (int l = 0; l < num_labels; ++l) mean += pr[l] * g[l];
    for (int l = 0; l < num_labels; ++l) grad_logits[r * num_labels + l] = pr[l] * (g[l] - mean);
  }
  return loss * double(scale);
}

float ErrorOfLogits(const RayPairOptions& options, int num_labels, const float* logits, int label) {
  std::vector<float> p(static_cast<size_t>(num_labels)), truth(p.size(), 0);
  Softmax(num_labels, logits, p.data());
  truth[size_t(label)] = 1;
  return LabelDistance<float>(options, num_labels, truth.data(), p.data(), 0, nullptr);
}

ObjectGradient::ObjectGradient(const ObjectField& field) : field_(field), scratch_(field.mlp.ScratchSize()) {}

const std::vector<float>& ObjectGradient::Logits(const SamplePool& pool, std::span<const int> rays) {
  const int num_labels = field_.num_labels();
  composited_.assign(rays.size() * size_t(num_labels), 0);
  for (size_t i = 0; i < rays.size() && !pool.prior.empty(); ++i)
    std::copy_n(&pool.prior[size_t(rays[i] * num_labels)], num_labels, &composited_[i * size_t(num_labels)]);
  AddLogits(pool.rays, rays);
  return composited_;
}

const std::vector<float>& ObjectGradient::Logits(const nerf::TracedRays& all, std::span<const int> rays) {
  composited_.assign(rays.size() * size_t(field_.num_labels()), 0);
  AddLogits(all, rays);
  return composited_;
}

// Composited with the frozen weights; the softmax comes after.
void ObjectGradient::AddLogits(const nerf::TracedRays& all, std::span<const int> rays) {
  const int num_labels = field_.num_labels();
  int64_t num_samples = 0;
  for (const int ray : rays) num_samples += all.NumSamples(ray);
  const int64_t n = num_tiles_ = kernels::NumTiles(num_samples);
  positions_.Reserve(TiledSize(n, 3));
  geometry_.Reserve(TiledSize(n, kGeo));
  positions_.Fill(0.5f);
  geometry_.Fill(0);
  const Tiled<float> positions(positions_.data(), 3), geometry(geometry_.data(), kGeo);
  ForEachSample(all, rays, [&](size_t sample, int64_t slot, size_t) {
    positions.Set(slot, all.unit[sample].data());
    geometry.Set(slot, all.geometry[sample].data());
  });
  field_.Forward(positions_.data(), geometry_.data(), n, &activations_);
  const Tiled<const float> logits(activations_.logits.data(), num_labels);
  ForEachSample(all, rays, [&](size_t sample, int64_t slot, size_t ray) {
    const TiledSample<const float> of_sample = logits.Sample(slot);
    float* sum = &composited_[ray * size_t(num_labels)];
    for (int l = 0; l < num_labels; ++l) sum[l] += all.weight[sample] * of_sample[l];
  });
}

void ObjectGradient::Compute(const SamplePool& pool, std::span<const int> rays, const RayLossFunction& loss,
                             nn::FieldGradient* out) {
  const std::vector<float>& logits = Logits(pool, rays);
  grad_composited_.assign(logits.size(), 0);
  out->loss = loss(logits.data(), grad_composited_.data());
  Backward(pool, rays, grad_composited_.data(), out);
}

void ObjectGradient::Backward(const SamplePool& pool, std::span<const int> rays, const float* grad_logits,
                              nn::FieldGradient* out) {
  const int num_labels = field_.num_labels(), num_features = field_.grid.num_outputs();
  const int64_t n = out->grid.num_tiles = num_tiles_;
  std::swap(out->grid.positions, positions_);

  // The weights carry the gradient back to the samples.
  grad_logits_.Reserve(TiledSize(n, num_labels));
  grad_logits_.Fill(0);
  const Tiled<float> grad_samples(grad_logits_.data(), num_labels);
  ForEachSample(pool.rays, rays, [&](size_t sample, int64_t slot, size_t ray) {
    const TiledSample<float> of_sample = grad_samples.Sample(slot);
    const float* of_ray = grad_logits + ray * size_t(num_labels);
    for (int l = 0; l < num_labels; ++l) of_sample[l] = pool.rays.weight[sample] * of_ray[l];
  });
  grad_inputs_.Reserve(TiledSize(n, field_.num_inputs()));
  out->Clear(field_.networks());
  field_.mlp.Backward(activations_.inputs.data(), activations_.hidden.data(), grad_logits_.data(), n,
                      grad_inputs_.data(), out->networks[0].data(), scratch_.data());
  out->grid.grad_features.Reserve(TiledSize(n, num_features));
  kernels::CopyChannels({grad_inputs_.data(), field_.num_inputs()}, 0, num_features, n,
                        {out->grid.grad_features.data(), num_features}, 0);
}

}  // namespace sanerf::mask_aggregator
