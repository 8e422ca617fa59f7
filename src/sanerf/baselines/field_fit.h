// The schedule that Panoptic Lifting and Contrastive Lift fit a field by. Which label a ray should have depends on what
// the field says about the others of its step.
#pragma once

#include <functional>
#include <span>
#include <string>

#include "sanerf/baselines/options.h"
#include "sanerf/core/job.h"
#include "sanerf/mask_aggregator/field_engine.h"

namespace sanerf::baselines {

class FieldFit {
 public:
  // field and options must outlive this.
  FieldFit(const LiftOptions& options, mask_aggregator::ObjectField* field);
  ~FieldFit();  // releases the field's gradients and moments
  FieldFit(const FieldFit&) = delete;
  FieldFit& operator=(const FieldFit&) = delete;

  // One step of Adam on the sum of the losses; returns it. The rate falls from options.lr to lr * lr_final.
  double Step(std::span<const mask_aggregator::RayLoss> losses);

 private:
  const LiftOptions& options_;
  mask_aggregator::FieldEngine engine_;
  int num_steps_ = 0;
};

// step(0), step(1), ... as a task; step returns its loss. Throws InterruptedError, and Error when a loss
// is not a number (stage: as --set names it).
void RunSteps(const std::string& title, const std::string& stage, int num_steps, const std::function<double(int)>& step,
              const Job& job);

}  // namespace sanerf::baselines
