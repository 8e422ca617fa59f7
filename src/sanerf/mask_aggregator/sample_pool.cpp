#include "sanerf/mask_aggregator/sample_pool.h"

#include <algorithm>
#include <atomic>

#include "sanerf/core/parallel.h"
#include "sanerf/core/progress.h"
#include "sanerf/core/random.h"

namespace sanerf {

namespace {

// Pixels within a margin of any object pixel (the margin grows with the image), as indices y * width + x.
std::vector<int> ObjectSurroundings(const ImageU8& labels) {
  const int margin = std::max(3, std::max(labels.width, labels.height) / 40);
  // Separable dilation by a square: rows, then columns, by distance to the last object pixel on either side.
  ImageU8 rows(labels.width, labels.height, 1);
  for (int y = 0; y < labels.height; ++y) {
    for (int pass = 0; pass < 2; ++pass) {
      int distance = margin + 1;
      for (int i = 0; i < labels.width; ++i) {
        const int x = pass == 0 ? i : labels.width - 1 - i;
        const uint8_t label = labels.At(x, y);
        distance = label != 0 && label != kIgnoreLabel ? 0 : distance + 1;
        if (distance <= margin) rows.At(x, y) = 1;
      }
    }
  }
  std::vector<uint8_t> inside(size_t(labels.num_pixels()), 0);
  for (int x = 0; x < labels.width; ++x) {
    for (int pass = 0; pass < 2; ++pass) {
      int distance = margin + 1;
      for (int i = 0; i < labels.height; ++i) {
        const int y = pass == 0 ? i : labels.height - 1 - i;
        distance = rows.At(x, y) ? 0 : distance + 1;
        if (distance <= margin) inside[size_t(y) * size_t(labels.width) + size_t(x)] = 1;
      }
    }
  }
  std::vector<int> pixels;
  for (size_t i = 0; i < inside.size(); ++i)
    if (inside[i]) pixels.push_back(int(i));
  return pixels;
}

struct DrawnRay {
  Ray ray;
  SamplePool::PoolRay pool_ray;
};

std::vector<DrawnRay> DrawRays(const LabelView& view, int view_idx, const Camera& camera, int num_rays, Random random) {
  const std::vector<int> surroundings = ObjectSurroundings(view.labels);
  std::vector<DrawnRay> drawn;
  drawn.reserve(size_t(num_rays));
  for (int i = 0; i < num_rays; ++i) {
    const bool near_object = i % 2 == 1 && !surroundings.empty();
    const int pixel = near_object ? surroundings[random.NextBelow(uint32_t(surroundings.size()))]
                                  : int(random.NextBelow(uint32_t(view.labels.num_pixels())));
    const int x = pixel % view.labels.width, y = pixel / view.labels.width;
    const uint8_t label = view.labels.At(x, y);
    if (label != kIgnoreLabel) drawn.push_back({MakeRay(camera, Vec2(x + 0.5, y + 0.5)), {0, 0, label, view_idx, x, y}});
  }
  return drawn;
}

// Traces the rays and appends their weighty samples.
void TraceInto(const NerfModel& nerf, const std::vector<DrawnRay>& drawn, SamplePool* pool) {
  RayTracer tracer(nerf.field(), nerf.occupancy(), nerf.trace_options(), /*keep_waves=*/true);
  std::vector<Ray> rays;
  for (const DrawnRay& d : drawn) rays.push_back(d.ray);
  ForEachRaySamples(tracer, rays, [&](size_t i, const std::vector<int>& slots) {
    if (slots.empty()) return;  // nothing there: no evidence about any object
    AppendRay(tracer, slots, drawn[i].pool_ray, pool);
  });
}

}  // namespace

SamplePool TracePool(const NerfModel& nerf, const std::vector<LabelView>& views, int num_rays, uint64_t seed) {
  Progress progress("trace mask rays", int64_t(views.size()), "views");
  std::vector<SamplePool> parts(views.size());
  const int per_view = std::max(1, num_rays / std::max(1, int(views.size())));
  std::atomic<int64_t> done = 0;
  ParallelFor(int64_t(views.size()), [&](int64_t v) {
    const LabelView& view = views[size_t(v)];
    TraceInto(nerf, DrawRays(view, int(v), view.camera.In(nerf.model_from_file()), per_view, Random(seed, uint64_t(v))),
              &parts[size_t(v)]);
    progress.Update(++done);
  });
  SamplePool pool;
  for (SamplePool& part : parts) {
    pool.Append(part);
    part = SamplePool();
  }
  return pool;
}

void SamplePool::Append(const SamplePool& other) {
  for (PoolRay ray : other.rays) {
    ray.first += int64_t(samples.size());
    rays.push_back(ray);
  }
  samples.insert(samples.end(), other.samples.begin(), other.samples.end());
}

void AppendRay(const RayTracer& tracer, const std::vector<int>& slots, SamplePool::PoolRay ray, SamplePool* pool) {
  ray.first = int64_t(pool->samples.size());
  ray.count = int(slots.size());
  pool->rays.push_back(ray);
  for (const int slot : slots) pool->samples.push_back(SampleInSlot(tracer, slot));
}

}  // namespace sanerf
