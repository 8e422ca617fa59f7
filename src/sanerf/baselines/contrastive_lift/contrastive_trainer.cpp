#include "sanerf/baselines/contrastive_lift/contrastive_trainer.h"

#include "sanerf/baselines/contrastive_lift/slow_fast_loss.h"
#include "sanerf/core/check.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/random.h"

namespace sanerf::baselines {
namespace {

void Follow(const nn::Buffer& fast, float momentum, nn::Buffer* slow) {
  SANERF_CHECK_EQ(fast.size(), slow->size());
  ParallelForChunks(fast.size(), int64_t{1} << 18, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) (*slow)[i] = momentum * (*slow)[i] + (1 - momentum) * fast[i];
  });
}

// slow = momentum * slow + (1 - momentum) * fast, every parameter.
void Follow(const mask_aggregator::ObjectField& fast, float momentum, mask_aggregator::ObjectField* slow) {
  Follow(fast.grid.params().values, momentum, &slow->grid.params().values);
  Follow(fast.mlp.params().values, momentum, &slow->mlp.params().values);
}

std::vector<int> SegmentsOf(const SegmentRays& rays, const std::vector<int>& chosen) {
  std::vector<int> segments;
  for (const int ray : chosen) segments.push_back(rays.segment_of[size_t(ray)]);
  return segments;
}

}  // namespace

double ContrastiveTrainer::Step(int step) {
  Follow(fast_, options_.momentum, slow_.get());
  Random random(seed_, uint64_t(step));
  const std::vector<int>& view = rays_.views[random.NextBelow(uint32_t(rays_.views.size()))];
  const std::vector<int> chosen = DrawFrom(view, options_.lift.rays, &random);
  const auto middle = chosen.begin() + int64_t(chosen.size() / 2);
  const std::vector<int> fast_rays(chosen.begin(), middle), slow_rays(middle, chosen.end());

  const std::vector<int> fast_segments = SegmentsOf(rays_, fast_rays), slow_segments = SegmentsOf(rays_, slow_rays);
  std::vector<float> confidence;
  for (const int segment : fast_segments) confidence.push_back(rays_.segments[size_t(segment)].confidence);
  const std::vector<float> slow = slow_reader_.Outputs(rays_.pool, slow_rays);
  const mask_aggregator::RayLoss loss{
      &rays_.pool, fast_rays, [&](const float* fast, float* grad) {
        return SlowFastLoss<float>({options_.dims, fast, fast_segments, confidence, slow.data(), slow_segments}, grad);
      }};
  return fit_.Step({&loss, 1});
}

}  // namespace sanerf::baselines
