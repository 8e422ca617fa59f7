// Steps of Panoptic Lifting on a frozen radiance field.
#pragma once

#include "sanerf/baselines/field_fit.h"
#include "sanerf/baselines/options.h"
#include "sanerf/baselines/segment_rays.h"

namespace sanerf::baselines {

class PanopticTrainer {
 public:
  // rays and options must outlive this. field: options.slots outputs, started at random.
  PanopticTrainer(const SegmentRays& rays, const PanopticLiftingOptions& options, uint64_t seed,
                  mask_aggregator::ObjectField* field)
      : rays_(rays), options_(options), seed_(seed), num_slots_(field->num_labels()), fit_(options.lift, field) {}

  // Linear assignment on rays of one view; later segment consistency on rays of segments of all views as well. Returns
  // the loss.
  double Step(int step);

 private:
  mask_aggregator::RayLoss LossOf(std::vector<int> chosen, bool is_one_view) const;
  std::vector<int> DrawSegmentRays(Random* random) const;

  const SegmentRays& rays_;
  const PanopticLiftingOptions& options_;
  uint64_t seed_;
  int num_slots_;
  FieldFit fit_;
};

// Slots that win at least min_rays of the rays, those with most first.
std::vector<int> SlotsInUse(const SegmentRays& rays, const mask_aggregator::ObjectField& field, int min_rays);

}  // namespace sanerf::baselines
