// Training of one head of the feature field on encoded views (paper Eq. 3).
#pragma once

#include "sanerf/feature_container/field_head.h"

namespace sanerf::feature_container {

// Rays of many views with what the encoder says about them, in half precision.
struct FeatureTargets {
  FeatureRays rays;
  std::vector<uint16_t> values;  // [ray][channels]
  int64_t Bytes() const;
};

// One view's share: at most max_rays of its cells, chosen at random. model_camera: of the encoded image. Throws
// InterruptedError.
FeatureTargets TraceTargets(const nerf::NerfModel& nerf, const FieldHead& head, const sam::SamFrame& frame,
                            const Camera& model_camera, const sam::SamFeatures& features, int max_rays, uint64_t seed,
                            const Job& job);

class HeadTrainer {
 public:
  // Sets the head's output to the targets' mean and spread per channel: only the rest has to be learned.
  HeadTrainer(const FeatureTargets& targets, const FieldOptions& options, FieldHead* head);
  ~HeadTrainer();  // releases gradients and moments

  double Step();  // mean squared error of the step's rays; throws Error when it is not a number
  int64_t step() const { return step_; }

 private:
  void ComputeGroup(int64_t group, FeaturePass* pass);
  void Apply();

  const FeatureTargets& targets_;
  const FieldOptions& options_;
  FieldHead* head_;
  int64_t step_ = 0;
  std::vector<nn::FieldGradient> groups_;
  WorkerPool<FeaturePass> workers_;
};

}  // namespace sanerf::feature_container
