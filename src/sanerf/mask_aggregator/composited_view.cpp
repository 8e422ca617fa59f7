#include "sanerf/mask_aggregator/composited_view.h"

#include <algorithm>
#include <numeric>

#include "sanerf/core/check.h"
#include "sanerf/core/job.h"
#include "sanerf/core/worker_pool.h"
#include "sanerf/mask_aggregator/object_gradient.h"
#include "sanerf/nerf/trace.h"

namespace sanerf::mask_aggregator {
namespace {

void AddPrior(const LabelPrior& prior, const nerf::TracedRays& rays, std::vector<float>* sums) {
  for (size_t r = 0; r < size_t(rays.num_rays()); ++r)
    for (size_t s = size_t(rays.first[r]); s < size_t(rays.first[r + 1]); ++s)
      prior.AddTo(rays.unit[s].data(), rays.weight[s], &(*sums)[r * size_t(prior.num_labels())]);
}

size_t NumOutputs(const ObjectField* field, const LabelPrior* prior) {
  SANERF_CHECK(field != nullptr || prior != nullptr);
  return size_t(field != nullptr ? field->num_labels() : prior->num_labels());
}

using Workers = WorkerPool<ObjectGradient>;

// [ray][label]
std::vector<float> Composite(const ObjectField* field, const LabelPrior* prior, const nerf::TracedRays& rays,
                             Workers* workers) {
  std::vector<float> sums(size_t(rays.num_rays()) * NumOutputs(field, prior), 0.0f);
  if (field != nullptr) {
    std::vector<int> all(static_cast<size_t>(rays.num_rays()));
    std::iota(all.begin(), all.end(), 0);
    sums = workers->Take([&] { return std::make_unique<ObjectGradient>(*field); })->Logits(rays, all);
  }
  if (prior != nullptr) AddPrior(*prior, rays, &sums);
  return sums;
}

constexpr size_t kRaysAtATime = 4096;

}  // namespace

void CompositeView(const nerf::NerfModel& nerf, const ObjectField* field, const LabelPrior* prior,
                   const Camera& file_camera, const std::function<void(const CompositedPixel&)>& use, const Job& job) {
  const size_t num_outputs = NumOutputs(field, prior);
  Workers workers;
  const auto use_block = [&](const nerf::PixelBlock& block, const nerf::TracedRays& rays) {
    const std::vector<float> sums = Composite(field, prior, rays, &workers);
    size_t ray = 0;
    for (int y = block.y0; y < block.y1; ++y) {
      for (int x = block.x0; x < block.x1; ++x, ++ray) {
        float opacity = 0;
        for (int64_t s = rays.first[ray]; s < rays.first[ray + 1]; ++s) opacity += rays.weight[size_t(s)];
        use({x, y, &sums[ray * num_outputs], opacity});
      }
    }
  };
  nerf::TraceBlocks(nerf, file_camera, {.geometry = field != nullptr}, use_block, job);
}

std::vector<float> CompositeRays(const nerf::NerfModel& nerf, const ObjectField* field, const LabelPrior* prior,
                                 std::span<const nerf::Ray> rays, const Job& job) {
  std::vector<float> sums;
  sums.reserve(rays.size() * NumOutputs(field, prior));
  Workers workers;
  for (size_t begin = 0; begin < rays.size(); begin += kRaysAtATime) {
    const auto some = rays.subspan(begin, std::min(kRaysAtATime, rays.size() - begin));
    const nerf::TracedRays traced = nerf::Trace(nerf, some, {.geometry = field != nullptr}, job);
    const std::vector<float> part = Composite(field, prior, traced, &workers);
    sums.insert(sums.end(), part.begin(), part.end());
  }
  return sums;
}

}  // namespace sanerf::mask_aggregator
