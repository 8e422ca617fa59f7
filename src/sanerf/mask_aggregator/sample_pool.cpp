#include "sanerf/mask_aggregator/sample_pool.h"

#include <algorithm>
#include <atomic>

#include "sanerf/core/error.h"
#include "sanerf/core/job.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/random.h"
#include "sanerf/mask_aggregator/label_view.h"

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

DrawnRay RayOfPixel(const Camera& model_camera, int view, int pixel) {
  const int x = pixel % model_camera.width, y = pixel / model_camera.width;
  return {MakeRay(model_camera, Vec2(x + 0.5, y + 0.5)), {0, 0, kIgnoreLabel, view, x, y}};
}

// Traces the rays and appends their weighty samples.
void TraceInto(const NerfModel& nerf, const std::vector<DrawnRay>& drawn, SamplePool* pool) {
  RayTracer tracer(nerf.field(), nerf.occupancy(), nerf.trace_options(), /*keep_waves=*/true);
  std::vector<Ray> rays;
  for (const DrawnRay& d : drawn) rays.push_back(d.ray);
  ForEachRaySamples(tracer, rays, [&](size_t i, const std::vector<int>& slots) {
    if (slots.empty()) return;
    AppendRay(tracer, slots, drawn[i].pool_ray, pool);
  });
}

// draw(view, random) -> rays of that view.
template <class Draw>
SamplePool TraceViews(const NerfModel& nerf, size_t num_views, uint64_t seed, const Draw& draw, const Job& job) {
  std::vector<SamplePool> parts(num_views);
  Task task(job, "trace mask rays", int64_t(num_views), "views");
  std::atomic<int64_t> done = 0;
  ParallelFor(int64_t(num_views), [&](int64_t v) {
    if (job.stop_requested()) return;
    TraceInto(nerf, draw(size_t(v), Random(seed, uint64_t(v))), &parts[size_t(v)]);
    task.Update(++done);
  });
  if (job.stop_requested())
    throw InterruptedError("tracing of the mask rays interrupted", "nothing was written", "run the command again");
  SamplePool pool;
  for (SamplePool& part : parts) {
    pool.Append(part);
    part = SamplePool();
  }
  return pool;
}

int RaysPerView(int num_rays, size_t num_views) { return std::max(1, num_rays / std::max(1, int(num_views))); }

}  // namespace

SamplePool TraceAnywhere(const NerfModel& nerf, const std::vector<Camera>& cameras, int num_rays, uint64_t seed,
                         const Job& job) {
  return TraceViews(
      nerf, cameras.size(), seed,
      [&](size_t v, Random random) {
        const Camera camera = cameras[v].In(nerf.model_from_file());
        std::vector<DrawnRay> drawn;
        for (int i = 0; i < RaysPerView(num_rays, cameras.size()); ++i)
          drawn.push_back(RayOfPixel(camera, int(v), int(random.NextBelow(uint32_t(camera.width * camera.height)))));
        return drawn;
      },
      job);
}

SamplePool TracePixels(const NerfModel& nerf, const std::vector<Camera>& cameras,
                       const std::vector<std::vector<int>>& pixels, const Job& job) {
  return TraceViews(
      nerf, cameras.size(), 0,
      [&](size_t v, Random) {
        const Camera camera = cameras[v].In(nerf.model_from_file());
        std::vector<DrawnRay> drawn;
        for (const int pixel : pixels[v]) drawn.push_back(RayOfPixel(camera, int(v), pixel));
        return drawn;
      },
      job);
}

SamplePool TraceNearObjects(const NerfModel& nerf, const std::vector<LabelView>& views, int num_rays, uint64_t seed,
                            const Job& job) {
  return TraceViews(
      nerf, views.size(), seed,
      [&](size_t v, Random random) {
        const std::vector<int> pixels = ObjectSurroundings(views[v].labels);
        const Camera camera = views[v].camera.In(nerf.model_from_file());
        std::vector<DrawnRay> drawn;
        for (int i = 0; i < RaysPerView(num_rays, views.size()) && !pixels.empty(); ++i)
          drawn.push_back(RayOfPixel(camera, int(v), pixels[random.NextBelow(uint32_t(pixels.size()))]));
        return drawn;
      },
      job);
}

std::vector<int> Relabel(const std::vector<LabelView>& views, SamplePool* pool) {
  std::vector<int> labelled;
  for (size_t i = 0; i < pool->rays.size(); ++i) {
    SamplePool::PoolRay& ray = pool->rays[i];
    const ImageU8& labels = views[size_t(ray.view)].labels;
    ray.label = labels.empty() ? kIgnoreLabel : labels.At(ray.x, ray.y);
    if (ray.label != kIgnoreLabel) labelled.push_back(int(i));
  }
  return labelled;
}

void SetPrior(const LabelPrior& prior, SamplePool* pool) {
  const size_t num_labels = size_t(prior.num_labels());
  pool->prior.assign(pool->rays.size() * num_labels, 0);
  ParallelForChunks(int64_t(pool->rays.size()), 4096, [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r) {
      const SamplePool::PoolRay& ray = pool->rays[size_t(r)];
      for (int64_t k = ray.first; k < ray.first + ray.count; ++k) {
        const SamplePool::Sample& sample = pool->samples[size_t(k)];
        prior.AddTo(sample.unit, 1, sample.weight, &pool->prior[size_t(r) * num_labels]);
      }
    }
  });
}

void SamplePool::Append(const SamplePool& other) {
  for (PoolRay ray : other.rays) {
    ray.first += int64_t(samples.size());
    rays.push_back(ray);
  }
  samples.insert(samples.end(), other.samples.begin(), other.samples.end());
  prior.clear();
}

void AppendRay(const RayTracer& tracer, const std::vector<int>& slots, SamplePool::PoolRay ray, SamplePool* pool) {
  ray.first = int64_t(pool->samples.size());
  ray.count = int(slots.size());
  pool->rays.push_back(ray);
  for (const int slot : slots) pool->samples.push_back(SampleInSlot(tracer, slot));
}

}  // namespace sanerf
