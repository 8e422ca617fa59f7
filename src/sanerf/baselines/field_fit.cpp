#include "sanerf/baselines/field_fit.h"

#include <fmt/format.h>

#include <algorithm>

#include "sanerf/nn/training_loop.h"
#include "sanerf/nn/training_step.h"

namespace sanerf::baselines {

FieldFit::FieldFit(const LiftOptions& options, mask_aggregator::ObjectField* field)
    : options_(options), engine_(field, options.network_lr) {}

FieldFit::~FieldFit() { engine_.Release(); }

double FieldFit::Step(std::span<const mask_aggregator::RayLoss> losses) {
  const float rate = options_.lr * nn::DecayedRate(options_.lr_final, num_steps_, options_.iters);
  return engine_.Step(losses, {.lr = rate, .beta2 = options_.beta2, .step = ++num_steps_});
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
