// A segmenter that finds the objects by itself: a field taught by SAM's automatic masks on our frozen radiance field,
// whose outputs say afterwards which object a pixel shows. What Panoptic Lifting and Contrastive Lift have in common.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sanerf/baselines/options.h"
#include "sanerf/baselines/segment_rays.h"
#include "sanerf/core/job.h"
#include "sanerf/mask_aggregator/object_field.h"
#include "sanerf/segmentation/automatic/mask_overlaps.h"
#include "sanerf/segmentation/segmentation_input.h"
#include "sanerf/segmentation/segmenter.h"

namespace sanerf::baselines {

class LiftSegmenter : public segmentation::Segmenter {
 public:
  // Takes no prompts. Throws Error when there is nothing to learn from, InterruptedError.
  void Fit(const mask_decoder::Prompts& prompts, const Job& job) override;
  // Of the objects in the order of FindObjects.
  std::vector<ImageU8> MasksFor(int view_idx, const Job& job) override;

 protected:
  struct Method {
    std::string title, stage;  // of its task, of its options
    LiftOptions lift;
    int num_outputs;  // of the field
  };
  // masks: SAM's automatic masks of some of input.views, which may overlap.
  LiftSegmenter(segmentation::SegmentationInput input, std::vector<segmentation::FoundMask> masks, Method method,
                uint64_t seed);
  uint64_t seed() const { return seed_; }
  using StepFunction = std::function<double(int step)>;  // returns the loss

 private:
  // What the training needs goes with the function. field: started at random.
  virtual StepFunction TrainingOf(const SegmentRays& rays, mask_aggregator::ObjectField* field) const = 0;
  // How many there are, once the field is trained.
  virtual int FindObjects(const SegmentRays& rays, const mask_aggregator::ObjectField& field, const Job& job) = 0;
  virtual int ObjectOf(const float* outputs) const = 0;  // -1: none. Called from several threads.

  segmentation::SegmentationInput input_;
  std::vector<segmentation::FoundMask> masks_;
  Method method_;
  uint64_t seed_;
  std::unique_ptr<mask_aggregator::ObjectField> field_;
  int num_objects_ = -1;  // -1: not known yet
};

}  // namespace sanerf::baselines
