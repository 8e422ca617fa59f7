#include "sanerf/feature_container/field_trainer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sanerf/core/parallel.h"
#include "sanerf/core/random.h"
#include "sanerf/feature_container/half.h"

namespace sanerf::feature_container {

using nn::FieldGradient;

namespace {

constexpr int64_t kGroupRays = 256;

}  // namespace

int64_t FeatureTargets::Bytes() const { return int64_t(values.size() * sizeof(uint16_t)) + rays.Bytes(); }

FeatureTargets TraceTargets(const nerf::NerfModel& nerf, const FieldHead& head, const EncodedImage& image,
                            const RayDraw& draw, const Job& job) {
  MapRays map = RaysOfMap(image.frame, head.side(), image.model_camera);
  Random random(draw.seed);
  if (map.rays.size() > size_t(draw.max_rays)) {
    const MapRays all = std::exchange(map, {});
    for (const int i : DrawDistinct(draw.max_rays, int(all.rays.size()), &random)) {
      map.rays.push_back(all.rays[size_t(i)]);
      map.cells.push_back(all.cells[size_t(i)]);
    }
  }
  const size_t count = map.rays.size();
  FeatureTargets targets;
  targets.rays = TraceFeatureRays(nerf, map.rays, /*keep_geometry=*/head.network().per_sample(), job);
  const FieldHead::Targets at(head, image.features);
  const size_t channels = size_t(head.network().channels());
  std::vector<float> values(channels);
  targets.values.resize(count * channels);
  for (size_t i = 0; i < count; ++i) {
    at.At(map.cells[i], values.data());
    HalfFromFloat(values.data(), channels, &targets.values[i * channels]);
  }
  return targets;
}

HeadTrainer::HeadTrainer(const FeatureTargets& targets, const FeatureFieldOptions& options, FieldHead* head)
    : targets_(targets), options_(options), head_(head), groups_(size_t((options.rays + kGroupRays - 1) / kGroupRays)) {
  FeatureNetwork& network = head->network();
  network.trainable(options.network_lr).PrepareTraining();
  const int channels = network.channels();
  std::vector<double> sum(size_t(channels), 0), squares(size_t(channels), 0);
  const int64_t stride = std::max<int64_t>(1, targets.rays.size() / 65536),
                count = (targets.rays.size() - 1) / stride + 1;
  for (int64_t ray = 0; ray < targets.rays.size(); ray += stride) {
    for (int c = 0; c < channels; ++c) {
      const double value = FloatFromHalf(targets.values[size_t(ray * channels + c)]);
      sum[size_t(c)] += value / double(count);
      squares[size_t(c)] += value * value / double(count);
    }
  }
  for (int c = 0; c < channels; ++c) {
    const double mean = sum[size_t(c)];
    network.norm.params().values[c] = float(std::sqrt(std::max(0.0, squares[size_t(c)] - mean * mean)));
    network.norm.params().values[channels + c] = float(mean);
  }
}

HeadTrainer::~HeadTrainer() { head_->network().trainable(options_.network_lr).Freeze(); }

void HeadTrainer::ComputeGroup(int64_t group, FeaturePass* pass) {
  const int channels = head_->network().channels();
  std::vector<int64_t> chosen;
  for (int64_t i = group * kGroupRays; i < std::min<int64_t>(options_.rays, (group + 1) * kGroupRays); ++i) {
    Random random(uint64_t(options_.seed), uint64_t(step_), uint64_t(i));
    chosen.push_back(int64_t(random.NextBelow(uint32_t(targets_.rays.size()))));
  }
  const float* features = pass->Forward(targets_.rays, chosen);
  FieldGradient& out = groups_[size_t(group)];
  out.loss = 0;
  const double scale = 1.0 / (double(options_.rays) * channels);
  nn::Buffer grad(kernels::TiledSize(kernels::NumTiles(int64_t(chosen.size())), channels));
  const kernels::Tiled<const float> rendered(features, channels);
  const kernels::Tiled<float> grad_rendered(grad.data(), channels);
  std::vector<float> target(static_cast<size_t>(channels));
  for (size_t i = 0; i < chosen.size(); ++i) {
    FloatFromHalf(&targets_.values[size_t(chosen[i] * channels)], size_t(channels), target.data());
    double squared = 0;
    for (int c = 0; c < channels; ++c) {
      const float difference = rendered(int64_t(i), c) - target[size_t(c)];
      squared += double(difference) * difference;
      grad_rendered(int64_t(i), c) = float(2 * scale) * difference;
    }
    out.loss += scale * squared;
  }
  pass->Backward(grad.data(), &out);
}

double HeadTrainer::Step() {
  ParallelFor(int64_t(groups_.size()), [&](int64_t group) {
    const auto pass = workers_.Take([&] { return std::make_unique<FeaturePass>(head_->network()); });
    ComputeGroup(group, &*pass);
  });
  double loss = 0;
  for (const FieldGradient& group : groups_) loss += group.loss;
  nn::CheckLoss(loss, fmt::format("feature field, step {}", step_), "field.lr");
  const float rate = options_.lr * float(nn::DecayedRate(double(options_.lr_final), step_, options_.iters));
  ++step_;
  nn::StepField(head_->network().trainable(options_.network_lr), groups_, {.lr = rate, .step = step_});
  return loss;
}

}  // namespace sanerf::feature_container
