// An object field in training whose masks may change: a further click, another object. Rays and what they meet are
// traced once, the field goes on from where it stands.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/mask_aggregator/field_engine.h"
#include "sanerf/mask_aggregator/label_view.h"
#include "sanerf/mask_aggregator/object_model.h"
#include "sanerf/mask_aggregator/options.h"
#include "sanerf/mask_aggregator/regions.h"

namespace sanerf::mask_aggregator {

class ObjectTrainer {
 public:
  // cameras: file frame, of the label images that SetMasks gets. The half of the rays that does not depend on the masks
  // is traced here. Throws UsageError for options that make no sense, InterruptedError.
  ObjectTrainer(const nerf::NerfModel& nerf, std::vector<Camera> cameras, const AggregatorOptions& options,
                const Job& job);
  // Pixels of each camera that show what does not belong to the scene (LabelView::ignored), before the first SetMasks.
  void Ignore(std::vector<ImageU8> ignored);

  // How far each camera's view is to be trusted by the next SetMasks; empty = all alike.
  void Trust(std::vector<ViewTrust> trust);

  // As it was when it was made; the rays that do not depend on the masks are not traced again.
  void StartAgain();
  // A field to go on from, of the same radiance field; before the first SetMasks.
  void StartFrom(const ObjectModel& model);

  // What to fit from now on. labels[i] belongs to camera i; an empty image says nothing. num_labels may grow from call
  // to call, not shrink. prior: null or of num_labels labels; replaces the earlier one. Rays near the objects are
  // traced, on later calls fewer. Throws Error when no view says anything, when a label is out of range, or when all
  // rays meet nothing, InterruptedError; but for the last of the errors nothing is changed then.
  void SetMasks(std::vector<ImageU8> labels, int num_labels, std::shared_ptr<const LabelPrior> prior, const Job& job);

  struct StepReport {
    double loss = 0, agreement = 0;  // mean cross entropy; share of rays with the right label
  };
  // A run of steps over which the learning rate decays from options.lr * rate to options.lr * options.lr_final.
  struct Schedule {
    int steps = 0;
    float rate = 1;
  };
  StepReport Step(const Schedule& schedule, int step, const Job& job);  // step: of the schedule
  // num_steps of the schedule from `first` on, as a part of the task "object field", whose metrics are loss and
  // agreement. on_step follows every complete one. Throws InterruptedError between steps.
  void Train(const Schedule& schedule, int first, int num_steps, const std::function<void()>& on_step, const Job& job);
  void Train(const Schedule& schedule, const Job& job) {
    Train(
        schedule, 0, schedule.steps, [] {}, job);
  }

  // Shares the field: it changes when training goes on.
  ObjectModel Model() const { return ObjectModel(field_, prior_, nerf_); }
  // With weights of its own.
  ObjectModel CopyModel() const { return ObjectModel(field_->Copy(), prior_, nerf_); }
  // The last call: gradients and moments are released.
  ObjectModel Finish();

  int64_t num_rays() const { return pool_.size(); }

 private:
  void GrowField(int num_labels);
  RayLoss GlobalLoss(size_t g);
  RayLoss LocalLoss(const RegionSample& sample) const;
  void RefreshErrorMaps();
  void DrawRegions(const Job& job);
  kernels::AdamStep Adam(const Schedule& schedule, int step) const;

  // Rays of the current step and how far off the field is on them.
  struct GlobalGroup {
    std::vector<int> rays;
    std::vector<float> errors;  // Eq. 12; empty while nothing asks for them
    int64_t num_correct = 0;
  };

  nerf::NerfModel nerf_;
  AggregatorOptions options_;
  std::vector<LabelView> views_;
  std::vector<ViewTrust> trust_;
  int num_labels_ = 0;
  SamplePool pool_;
  const int64_t num_anywhere_;  // rays of pool_ that do not depend on the masks: the first ones
  std::vector<int> labeled_;    // rays of pool_ that have a label
  std::shared_ptr<ObjectField> field_;
  std::shared_ptr<const LabelPrior> prior_;
  ErrorMaps error_maps_;  // of no view when the ray-pair loss is off
  RegionPool regions_;
  std::vector<RegionSample> step_regions_;  // of the current step
  int64_t total_steps_ = 0, num_mask_sets_ = 0;
  std::vector<GlobalGroup> global_;
  std::unique_ptr<FieldEngine> engine_;  // of field_, once there are masks
};

// Cross entropy (Eq. 8) on rays of all views, later joined by the ray-pair RGB loss (Eq. 14). num_labels = objects + 1.
// prior: what to start from (null = nothing). Throws InterruptedError.
ObjectModel TrainObjectModel(const nerf::NerfModel& nerf, const std::vector<LabelView>& views, int num_labels,
                             const AggregatorOptions& options, std::shared_ptr<const LabelPrior> prior, const Job& job);

}  // namespace sanerf::mask_aggregator
