// Training of the object field: draw rays from the pool, cross entropy, Adam.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <numeric>

#include "sanerf/core/error.h"
#include "sanerf/core/interrupt.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/progress.h"
#include "sanerf/core/random.h"
#include "sanerf/core/worker_pool.h"
#include "sanerf/mask_aggregator/object_gradient.h"
#include "sanerf/mask_aggregator/regions.h"
#include "sanerf/nn/grid_step.h"

namespace sanerf {

namespace {

constexpr int kGroupRays = 256;
constexpr uint64_t kRegionStream = uint64_t{1} << 32;

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
  ObjectTrainer(const NerfModel& nerf, const std::vector<LabelView>& views, const SamplePool& pool,
                const AggregatorOptions& options, ObjectField* field)
      : nerf_(nerf), views_(views), pool_(pool), options_(options), field_(field) {
    field_->grid.params().PrepareTraining();
    field_->mlp.params().PrepareTraining();
  }

  // One step; returns {mean cross entropy, share of rays with the right label}.
  std::pair<double, double> Step(int64_t step) {
    if (options_.rgb.weight > 0 && step == RgbStart()) FindRegions();
    const size_t num_global = size_t((options_.rays + kGroupRays - 1) / kGroupRays);
    const size_t num_local = regions_.regions.empty() ? 0 : size_t(options_.rgb.regions_per_step);
    groups_.resize(num_global + num_local);
    num_correct_.assign(num_global, 0);
    ParallelFor(int64_t(groups_.size()), [&](int64_t g) {
      const auto worker = workers_.Take([&] { return std::make_unique<ObjectGradient>(*field_); });
      if (size_t(g) < num_global) {
        ComputeGlobal(step, g, &*worker);
      } else {
        ComputeLocal(step, g, &*worker);
      }
    });
    Apply(step);
    double loss = 0, correct = 0;
    for (size_t g = 0; g < num_global; ++g) {
      loss += groups_[g].loss;
      correct += double(num_correct_[g]);
    }
    if (!std::isfinite(loss))
      throw Error(fmt::format("object field, step {}", step), "the loss is not a number",
                  "lower the learning rate: --set object.lr=0.003");
    return {loss, correct / options_.rays};
  }

 private:
  int64_t RgbStart() const { return int64_t(double(options_.rgb.from) * options_.iters); }

  // Cross entropy of rays drawn from all views (Eq. 8).
  void ComputeGlobal(int64_t step, int64_t g, ObjectGradient* worker) {
    const int num_labels = field_->num_labels();
    const int begin = int(g) * kGroupRays, end = std::min(options_.rays, begin + kGroupRays);
    std::vector<int> rays;
    for (int i = begin; i < end; ++i) {
      Random random(uint64_t(options_.seed), uint64_t(step), uint64_t(i));
      rays.push_back(int(random.NextBelow(uint32_t(pool_.rays.size()))));
    }
    const float scale = 1.0f / float(options_.rays);
    worker->Compute(pool_, rays, [&](const float* logits, float* grad) {
      double loss = 0;
      for (size_t i = 0; i < rays.size(); ++i, logits += num_labels, grad += num_labels) {
        const int label = pool_.rays[size_t(rays[i])].label;
        loss += double(scale) * CrossEntropy(logits, num_labels, label, scale, grad);
        num_correct_[size_t(g)] += std::max_element(logits, logits + num_labels) - logits == label;
      }
      return loss;
    }, &groups_[size_t(g)]);
  }

  // The ray-pair RGB loss of one region (Eq. 9, its share of Eq. 14).
  void ComputeLocal(int64_t step, int64_t g, ObjectGradient* worker) {
    Random random(uint64_t(options_.seed), uint64_t(step), kRegionStream + uint64_t(g));
    const auto region = regions_.regions[random.NextBelow(uint32_t(regions_.regions.size()))];
    std::vector<int> rays(static_cast<size_t>(region.count)), references;
    std::iota(rays.begin(), rays.end(), region.first);
    for (int i = 0; i < options_.rgb.references; ++i) references.push_back(int(random.NextBelow(uint32_t(region.count))));
    const float scale = options_.rgb.weight / float(options_.rgb.regions_per_step);
    worker->Compute(regions_.pool, rays, [&](const float* logits, float* grad) {
      return RayPairLossOfLogits(options_.rgb.pair, region.count, field_->num_labels(), logits,
                                 regions_.rgb[size_t(region.first)].data(), references, scale, grad);
    }, &groups_[size_t(g)]);
  }

  // Error maps of all pool rays as the field sees them now (Eq. 12), and regions drawn from them (Eq. 13).
  void FindRegions() {
    const int num_labels = field_->num_labels();
    std::vector<float> errors(pool_.rays.size());
    const int64_t num_groups = (int64_t(errors.size()) + kGroupRays - 1) / kGroupRays;
    ParallelFor(num_groups, [&](int64_t g) {
      const auto worker = workers_.Take([&] { return std::make_unique<ObjectGradient>(*field_); });
      std::vector<int> rays;
      for (int64_t i = g * kGroupRays; i < std::min(int64_t(errors.size()), (g + 1) * kGroupRays); ++i) rays.push_back(int(i));
      const std::vector<float> p = worker->Probabilities(pool_, rays);
      for (size_t i = 0; i < rays.size(); ++i) {
        std::vector<float> truth(static_cast<size_t>(num_labels), 0);
        truth[pool_.rays[size_t(rays[i])].label] = 1;
        errors[size_t(rays[i])] = LabelDistance<float>(num_labels, truth.data(), &p[i * size_t(num_labels)],
                                                       options_.rgb.pair.sharpness, 0, nullptr);
      }
    });
    ErrorMaps maps(views_);
    for (size_t i = 0; i < errors.size(); ++i) maps.Update(pool_.rays[i].view, pool_.rays[i].x, pool_.rays[i].y, errors[i]);
    Random random(uint64_t(options_.seed), kRegionStream);
    const RgbLossOptions& rgb = options_.rgb;
    regions_ = TraceRegions(nerf_, views_, maps.Draw(rgb.regions, &random), {rgb.views, rgb.patch, rgb.rays},
                            uint64_t(options_.seed));
  }

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

  const NerfModel& nerf_;
  const std::vector<LabelView>& views_;
  const SamplePool& pool_;
  const AggregatorOptions& options_;
  ObjectField* field_;
  RegionPool regions_;
  std::vector<ObjectGroupGradient> groups_;  // of global rays, then of regions
  std::vector<int64_t> num_correct_;
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
  ObjectTrainer trainer(nerf, views, pool, options, field.get());
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
