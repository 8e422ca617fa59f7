#include "sanerf/baselines/field_fit.h"

#include <fmt/format.h>

#include <algorithm>

#include "sanerf/core/job.h"
#include "sanerf/core/parallel.h"
#include "sanerf/nn/training_loop.h"

namespace sanerf::baselines {
namespace {

constexpr int64_t kGroupRays = 256;

}  // namespace

std::vector<float> FieldOutputs::Of(const mask_aggregator::SamplePool& pool, const std::vector<int>& rays) {
  const size_t width = size_t(field_.num_labels());
  std::vector<float> outputs(rays.size() * width);
  ParallelForChunks(int64_t(rays.size()), kGroupRays, [&](int64_t begin, int64_t end) {
    const auto worker = workers_.Take([&] { return std::make_unique<mask_aggregator::ObjectGradient>(field_); });
    const std::vector<float>& of_group =
        worker->Logits(pool, std::span(rays).subspan(size_t(begin), size_t(end - begin)));
    std::copy(of_group.begin(), of_group.end(), outputs.begin() + begin * int64_t(width));
  });
  return outputs;
}

FieldFit::FieldFit(const mask_aggregator::SamplePool& pool, const LiftOptions& options,
                   mask_aggregator::ObjectField* field)
    : pool_(pool), options_(options), field_(field) {
  field->trainable(options.network_lr).PrepareTraining();
}

FieldFit::~FieldFit() { field_->trainable(options_.network_lr).Freeze(); }

double FieldFit::Step(const std::vector<OutputLoss>& losses) {
  // Groups of rays for the threads; each loss gets the outputs of its groups side by side.
  struct Group {
    size_t loss;
    int64_t first;
    std::vector<int> rays;
  };
  const int64_t width = field_->num_labels();
  std::vector<Group> groups;
  std::vector<std::vector<float>> outputs(losses.size()), grads(losses.size());
  for (size_t l = 0; l < losses.size(); ++l) {
    const std::vector<int>& rays = losses[l].rays;
    outputs[l].resize(rays.size() * size_t(width));
    grads[l].assign(outputs[l].size(), 0);
    for (int64_t first = 0; first < int64_t(rays.size()); first += kGroupRays) {
      const int64_t end = std::min(int64_t(rays.size()), first + kGroupRays);
      groups.push_back({l, first, {rays.begin() + first, rays.begin() + end}});
    }
  }
  while (workers_.size() < groups.size())
    workers_.push_back(std::make_unique<mask_aggregator::ObjectGradient>(*field_));
  gradients_.resize(std::max(gradients_.size(), groups.size()));

  ParallelFor(int64_t(groups.size()), [&](int64_t g) {
    const Group& group = groups[size_t(g)];
    const std::vector<float>& of_group = workers_[size_t(g)]->Logits(pool_, group.rays);
    std::copy(of_group.begin(), of_group.end(), outputs[group.loss].begin() + group.first * width);
  });
  double sum = 0;
  for (size_t l = 0; l < losses.size(); ++l) sum += losses[l].loss(outputs[l].data(), grads[l].data());
  ParallelFor(int64_t(groups.size()), [&](int64_t g) {
    const Group& group = groups[size_t(g)];
    workers_[size_t(g)]->Backward(pool_, group.rays, grads[group.loss].data() + group.first * width,
                                  &gradients_[size_t(g)]);
  });
  Apply(groups.size());
  return sum;
}

void FieldFit::Apply(size_t num_groups) {
  const float rate = options_.lr * nn::DecayedRate(options_.lr_final, num_steps_, options_.iters);
  nn::StepField(field_->trainable(options_.network_lr), std::span(gradients_).first(num_groups),
                {.lr = rate, .beta2 = options_.beta2, .step = ++num_steps_});
}

void RunSteps(const std::string& title, const std::string& stage, int num_steps, const std::function<double(int)>& step,
              const Job& job) {
  double sum = 0;  // since the last report: single steps jump from view to view
  int num_summed = 0;
  nn::TrainingLoop loop;
  loop.title = title;
  loop.end_step = num_steps;
  loop.report_every = std::max(1, num_steps / 50);
  loop.step = [&](int64_t i) {
    const double loss = step(int(i));
    nn::CheckLoss(loss, fmt::format("{}, step {}", title, i), stage + ".lr");
    sum += loss;
    ++num_summed;
  };
  loop.report = [&](int64_t) {
    const double loss = sum / num_summed;
    sum = num_summed = 0;
    return nn::TrainingLoop::Report{{{"loss", loss}}, fmt::format("loss {:.4f}", loss)};
  };
  loop.Run(job);
}

}  // namespace sanerf::baselines
