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

// An encoded image: its place in the encoder's square, its camera (model frame), its maps.
struct EncodedImage {
  sam::SamFrame frame;
  Camera model_camera;
  const sam::SamFeatures& features;
};
struct RayDraw {
  int max_rays;
  uint64_t seed;
};
// One view's share: at most max_rays of its cells, chosen at random. Throws InterruptedError.
FeatureTargets TraceTargets(const nerf::NerfModel& nerf, const FieldHead& head, const EncodedImage& image,
                            const RayDraw& draw, const Job& job);

class HeadTrainer {
 public:
  // Sets the head's output to the targets' mean and spread per channel: only the rest has to be learned.
  HeadTrainer(const FeatureTargets& targets, const FeatureFieldOptions& options, FieldHead* head);
  ~HeadTrainer();  // releases gradients and moments

  double Step();  // mean squared error of the step's rays; throws Error when it is not a number
  int64_t step() const { return step_; }

 private:
  void ComputeGroup(int64_t group, FeaturePass* pass);

  const FeatureTargets& targets_;
  const FeatureFieldOptions& options_;
  FieldHead* head_;
  int64_t step_ = 0;
  std::vector<nn::FieldGradient> groups_;
  WorkerPool<FeaturePass> workers_;
};

}  // namespace sanerf::feature_container
