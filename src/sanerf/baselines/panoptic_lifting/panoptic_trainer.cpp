#include "sanerf/baselines/panoptic_lifting/panoptic_trainer.h"

#include <algorithm>
#include <numeric>

#include "sanerf/baselines/panoptic_lifting/slot_loss.h"
#include "sanerf/core/random.h"

namespace sanerf::baselines {

// is_one_view: its segments are given different slots; else every segment is drawn towards what most of it says.
mask_aggregator::RayLoss PanopticTrainer::LossOf(std::vector<int> chosen, bool is_one_view) const {
  int num_segments = 0;
  std::vector<int> segment_of = NumberSegments(rays_, chosen, &num_segments);
  std::vector<float> confidence;
  for (const int ray : chosen) confidence.push_back(rays_.segments[size_t(rays_.segment_of[size_t(ray)])].confidence);
  mask_aggregator::RayLoss loss{&rays_.pool, std::move(chosen), {}};
  loss.loss = [this, is_one_view, num_segments, segment_of, confidence](const float* logits, float* grad) {
    const SlotView view{num_slots_, logits, segment_of, num_segments};
    return is_one_view ? InstanceLoss(view, confidence, grad)
                       : SegmentLoss(view, confidence, float(options_.segment_weight), grad);
  };
  return loss;
}

std::vector<int> PanopticTrainer::DrawSegmentRays(Random* random) const {
  std::vector<int> segments(rays_.segments.size()), chosen;
  std::iota(segments.begin(), segments.end(), 0);
  for (const int segment : DrawFrom(std::move(segments), options_.segments, random)) {
    const std::vector<int> of_segment =
        DrawFrom(rays_.segments[size_t(segment)].rays, options_.rays_per_segment, random);
    chosen.insert(chosen.end(), of_segment.begin(), of_segment.end());
  }
  return chosen;
}

double PanopticTrainer::Step(int step) {
  Random random(seed_, uint64_t(step));
  const std::vector<int>& view = rays_.views[random.NextBelow(uint32_t(rays_.views.size()))];
  std::vector<mask_aggregator::RayLoss> losses;
  losses.push_back(LossOf(DrawFrom(view, options_.lift.rays, &random), /*is_one_view=*/true));
  if (options_.segment_weight > 0 && step >= int(options_.segments_from * options_.lift.iters))
    losses.push_back(LossOf(DrawSegmentRays(&random), /*is_one_view=*/false));
  return fit_.Step(losses);
}

std::vector<int> SlotsInUse(const SegmentRays& rays, const mask_aggregator::ObjectField& field, int min_rays) {
  const size_t num_slots = size_t(field.num_labels());
  const std::vector<int> all = rays.AllRays();
  const std::vector<float> logits = mask_aggregator::FieldReader(field).Outputs(rays.pool, all);
  std::vector<int64_t> won(num_slots, 0);
  for (size_t i = 0; i < all.size(); ++i) {
    const auto of_ray = logits.begin() + int64_t(i * num_slots);
    ++won[size_t(std::max_element(of_ray, of_ray + int64_t(num_slots)) - of_ray)];
  }
  std::vector<int> slots;
  for (size_t s = 0; s < num_slots; ++s)
    if (won[s] >= min_rays) slots.push_back(int(s));
  std::stable_sort(slots.begin(), slots.end(), [&](int a, int b) { return won[size_t(a)] > won[size_t(b)]; });
  return slots;
}

}  // namespace sanerf::baselines
