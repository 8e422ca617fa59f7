#include "sanerf/mask_aggregator/field_engine.h"

#include <algorithm>

#include "sanerf/core/parallel.h"

namespace sanerf::mask_aggregator {

WorkerPool<ObjectGradient>::Lease FieldReader::Worker() {
  return workers_.Take([&] { return std::make_unique<ObjectGradient>(field_); });
}

void FieldReader::ForEachGroup(const SamplePool& pool, std::span<const int> rays, const UseOutputs& use) {
  ParallelForChunks(int64_t(rays.size()), kRaysPerGroup, [&](int64_t begin, int64_t end) {
    const auto worker = Worker();
    const std::span<const int> group = rays.subspan(size_t(begin), size_t(end - begin));
    use(size_t(begin), group, worker->Logits(pool, group));
  });
}

std::vector<float> FieldReader::Outputs(const SamplePool& pool, std::span<const int> rays) {
  const size_t width = size_t(field_.num_labels());
  std::vector<float> outputs(rays.size() * width);
  ForEachGroup(pool, rays, [&](size_t first, std::span<const int>, const std::vector<float>& of_group) {
    std::copy(of_group.begin(), of_group.end(), outputs.begin() + int64_t(first * width));
  });
  return outputs;
}

FieldEngine::FieldEngine(ObjectField* field, float network_rate)
    : FieldReader(*field), field_(field), network_rate_(network_rate) {
  field->trainable(network_rate).PrepareTraining();
}

void FieldEngine::Release() { field_->trainable(network_rate_).Freeze(); }

std::vector<double> FieldEngine::StepOnGroups(std::span<const RayLoss> groups, const kernels::AdamStep& adam) {
  gradients_.resize(std::max(gradients_.size(), groups.size()));
  ParallelFor(int64_t(groups.size()), [&](int64_t g) {
    const RayLoss& group = groups[size_t(g)];
    Worker()->Compute(*group.pool, group.rays, group.loss, &gradients_[size_t(g)]);
  });
  Apply(groups.size(), adam);
  std::vector<double> losses;
  for (size_t g = 0; g < groups.size(); ++g) losses.push_back(gradients_[g].loss);
  return losses;
}

double FieldEngine::Step(std::span<const RayLoss> losses, const kernels::AdamStep& adam) {
  // Groups of rays for the threads; each loss gets the outputs of its groups side by side.
  struct Group {
    size_t loss;
    int64_t first;
    std::span<const int> rays;
  };
  const int64_t width = field_->num_labels();
  std::vector<Group> groups;
  std::vector<std::vector<float>> outputs(losses.size()), grads(losses.size());
  for (size_t l = 0; l < losses.size(); ++l) {
    const std::span<const int> rays = losses[l].rays;
    outputs[l].resize(rays.size() * size_t(width));
    grads[l].assign(outputs[l].size(), 0);
    for (int64_t first = 0; first < int64_t(rays.size()); first += kRaysPerGroup) {
      const int64_t end = std::min(int64_t(rays.size()), first + kRaysPerGroup);
      groups.push_back({l, first, rays.subspan(size_t(first), size_t(end - first))});
    }
  }
  while (waiting_.size() < groups.size()) waiting_.push_back(std::make_unique<ObjectGradient>(*field_));
  gradients_.resize(std::max(gradients_.size(), groups.size()));

  ParallelFor(int64_t(groups.size()), [&](int64_t g) {
    const Group& group = groups[size_t(g)];
    const std::vector<float>& of_group = waiting_[size_t(g)]->Logits(*losses[group.loss].pool, group.rays);
    std::copy(of_group.begin(), of_group.end(), outputs[group.loss].begin() + group.first * width);
  });
  double sum = 0;
  for (size_t l = 0; l < losses.size(); ++l) sum += losses[l].loss(outputs[l].data(), grads[l].data());
  ParallelFor(int64_t(groups.size()), [&](int64_t g) {
    const Group& group = groups[size_t(g)];
    waiting_[size_t(g)]->Backward(*losses[group.loss].pool, group.rays, grads[group.loss].data() + group.first * width,
                                  &gradients_[size_t(g)]);
  });
  Apply(groups.size(), adam);
  return sum;
}

void FieldEngine::Apply(size_t num_groups, const kernels::AdamStep& adam) {
  nn::StepField(field_->trainable(network_rate_), std::span(gradients_).first(num_groups), adam);
}

}  // namespace sanerf::mask_aggregator
