// Training of the object field: draw rays from the pool, cross entropy, Adam.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>

#include "sanerf/core/error.h"
#include "sanerf/core/interrupt.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/progress.h"
#include "sanerf/core/random.h"
#include "sanerf/core/worker_pool.h"
#include "sanerf/mask_aggregator/object_gradient.h"
#include "sanerf/nn/grid_step.h"

namespace sanerf {

namespace {

constexpr int kGroupRays = 256;

void CheckViews(const std::vector<LabelView>& views, int num_labels) {
  if (views.empty())
    throw Error("no view has a usable mask", "every view rejected the prompts", "see views.json for the reason of each view");
  std::vector<int64_t> counts(256, 0);
  for (const LabelView& view : views)
    for (const uint8_t label : view.labels.data) ++counts[label];
  for (int l = num_labels; l < kIgnoreLabel; ++l)
    if (counts[size_t(l)] > 0) throw Error(fmt::format("label {} in a mask, but only {} labels", l, num_labels));
}

class ObjectTrainer {
 public:
  ObjectTrainer(const SamplePool& pool, const AggregatorOptions& options, ObjectField* field)
      : pool_(pool), options_(options), field_(field) {
    field_->grid.params().PrepareTraining();
    field_->mlp.params().PrepareTraining();
  }

  // One step; returns {mean loss, share of rays with the right label}.
  std::pair<double, double> Step(int64_t step) {
    const size_t num_groups = size_t((options_.rays + kGroupRays - 1) / kGroupRays);
    groups_.resize(num_groups);
    ParallelFor(int64_t(num_groups), [&](int64_t g) {
      const int begin = int(g) * kGroupRays, end = std::min(options_.rays, begin + kGroupRays);
      std::vector<int> rays;
      for (int i = begin; i < end; ++i) {
        Random random(uint64_t(options_.seed), uint64_t(step), uint64_t(i));
        rays.push_back(int(random.NextBelow(uint32_t(pool_.rays.size()))));
      }
      const auto worker = workers_.Take([&] { return std::make_unique<ObjectGradient>(*field_); });
      worker->Compute(pool_, rays, 1.0f / float(options_.rays), &groups_[size_t(g)]);
    });
    Apply(step);
    double loss = 0, correct = 0;
    for (const ObjectGroupGradient& group : groups_) {
      loss += group.loss;
      correct += double(group.num_correct);
    }
    if (!std::isfinite(loss))
      throw Error(fmt::format("object field, step {}", step), "the loss is not a number",
                  "lower the learning rate: --set object.lr=0.003");
    return {loss, correct / options_.rays};
  }

 private:
  void Apply(int64_t step) {
    kernels::AdamStep adam;
    adam.lr = options_.lr * float(std::pow(double(options_.lr_final), double(step) / std::max(1, options_.iters)));
    adam.step = step + 1;
    std::vector<const GridGradient*> grid_gradients;
    for (const ObjectGroupGradient& group : groups_) grid_gradients.push_back(&group.grid);
    StepGridAndNetworks(&field_->grid, grid_gradients, adam, [&] {
      Parameters& params = field_->mlp.params();
      for (const ObjectGroupGradient& group : groups_) AddGradients(group.grad_mlp, &params);
      kernels::AdamStep dense = adam;
      dense.lr *= kMlpRate;
      params.Step(dense, 0, params.size());
    });
  }

  // The wide network takes smaller steps than the table: at the table's rate its units die.
  static constexpr float kMlpRate = 0.1f;

  const SamplePool& pool_;
  const AggregatorOptions& options_;
  ObjectField* field_;
  std::vector<ObjectGroupGradient> groups_;
  WorkerPool<ObjectGradient> workers_;
};

}  // namespace

ObjectModel TrainObjectModel(const NerfModel& nerf, const std::vector<LabelView>& views, int num_labels,
                             const AggregatorOptions& options, const std::filesystem::path& log_path) {
  CheckViews(views, num_labels);
  auto field = std::make_shared<ObjectField>(options.field, num_labels, uint64_t(options.seed));
  const SamplePool pool = TracePool(nerf, views, options.pool_rays, uint64_t(options.seed));
  if (pool.rays.empty())
    throw Error("the masks' rays meet no surface", "the radiance field is empty where the masks are",
                "look at the renders: sanerf render RUN --views train");
  std::ofstream log;
  if (!log_path.empty()) {
    log.open(log_path, std::ios::trunc);
    if (!log) throw Error(log_path.string(), "cannot be written", "check the folder's permissions and free space");
  }
  ObjectTrainer trainer(pool, options, field.get());
  Progress progress("object field", options.iters, "steps");
  const int64_t log_every = std::max(1, options.iters / 50);
  for (int64_t step = 0; step < options.iters; ++step) {
    const auto [loss, correct] = trainer.Step(step);
    if ((step + 1) % log_every == 0 || step + 1 == options.iters) {
      const std::string detail = fmt::format("loss {:.4f}  agreement {:.2f}%", loss, 100 * correct);
      progress.Update(step + 1, detail);
      if (log) log << Json{{"step", step + 1}, {"loss", loss}, {"agreement", correct}, {"seconds", progress.seconds()}}.dump() << std::endl;
    }
    if (InterruptRequested()) throw InterruptedError("object field training interrupted", "nothing was written", "run the command again");
  }
  progress.Finish();
  field->grid.params().Freeze();
  field->mlp.params().Freeze();
  return ObjectModel(field, nerf);
}

}  // namespace sanerf
