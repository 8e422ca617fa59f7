// Fitting a field to losses that need all of a step's rays at once: which label a ray should have depends on what the
// field says about the others.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sanerf/baselines/options.h"
#include "sanerf/core/job.h"
#include "sanerf/core/worker_pool.h"
#include "sanerf/mask_aggregator/object_gradient.h"

namespace sanerf::baselines {

// Composited outputs [ray][output] of pool rays, in parallel.
class FieldOutputs {
 public:
  explicit FieldOutputs(const mask_aggregator::ObjectField& field) : field_(field) {}
  std::vector<float> Of(const mask_aggregator::SamplePool& pool, const std::vector<int>& rays);

 private:
  const mask_aggregator::ObjectField& field_;
  WorkerPool<mask_aggregator::ObjectGradient> workers_;
};

// A loss of pool rays; it gets their outputs in the order of `rays`.
struct OutputLoss {
  std::vector<int> rays;
  mask_aggregator::RayLossFunction loss;
};

class FieldFit {
 public:
  // pool and field must outlive this.
  FieldFit(const mask_aggregator::SamplePool& pool, const LiftOptions& options, mask_aggregator::ObjectField* field);
  ~FieldFit();  // releases the field's gradients and moments
  FieldFit(const FieldFit&) = delete;
  FieldFit& operator=(const FieldFit&) = delete;

  // One step of Adam on the sum of the losses; returns it. The rate falls from options.lr to lr * lr_final.
  double Step(const std::vector<OutputLoss>& losses);

 private:
  void Apply(size_t num_groups);

  const mask_aggregator::SamplePool& pool_;
  const LiftOptions& options_;
  mask_aggregator::ObjectField* field_;
  int num_steps_ = 0;
  std::vector<std::unique_ptr<mask_aggregator::ObjectGradient>>
      workers_;  // one per group: what it computed waits for the loss
  std::vector<nn::FieldGradient> gradients_;
};

// step(0), step(1), ... as a task; step returns its loss. Throws InterruptedError, and Error when a loss
// is not a number (stage: as --set names it).
void RunSteps(const std::string& title, const std::string& stage, int num_steps, const std::function<double(int)>& step,
              const Job& job);

}  // namespace sanerf::baselines
