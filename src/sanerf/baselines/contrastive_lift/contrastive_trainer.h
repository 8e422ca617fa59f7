// Steps of Contrastive Lift on a frozen radiance field.
#pragma once

#include <memory>

#include "sanerf/baselines/field_fit.h"
#include "sanerf/baselines/options.h"
#include "sanerf/baselines/segment_rays.h"

namespace sanerf::baselines {

class ContrastiveTrainer {
 public:
  // rays and options must outlive this. fast: options.dims outputs, started at random; the slow field starts as its
  // copy.
  ContrastiveTrainer(const SegmentRays& rays, const ContrastiveLiftOptions& options, uint64_t seed,
                     mask_aggregator::ObjectField* fast)
      : rays_(rays),
        options_(options),
        seed_(seed),
        fast_(*fast),
        slow_(fast->Copy()),
        slow_reader_(*slow_),
        fit_(options.lift, fast) {}

  // The slow field follows; then rays of one view, half of them seen by the fast field and half by the slow one.
  // Returns the loss.
  double Step(int step);
  const mask_aggregator::ObjectField& slow() const { return *slow_; }

 private:
  const SegmentRays& rays_;
  const ContrastiveLiftOptions& options_;
  uint64_t seed_;
  const mask_aggregator::ObjectField& fast_;
  std::shared_ptr<mask_aggregator::ObjectField> slow_;
  mask_aggregator::FieldReader slow_reader_;
  FieldFit fit_;
};

}  // namespace sanerf::baselines
