#include "sanerf/mask_aggregator/sample_pool.h"

#include <algorithm>

#include "sanerf/core/check.h"
#include "sanerf/core/job.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/random.h"
#include "sanerf/mask_aggregator/label_view.h"
#include "sanerf/nerf/trace.h"

namespace sanerf::mask_aggregator {

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

// draw(view, random) -> pixels of that view, y * width + x.
template <class Draw>
std::vector<std::vector<int>> DrawPixels(size_t num_views, uint64_t seed, const Draw& draw) {
  std::vector<std::vector<int>> pixels(num_views);
  ParallelFor(int64_t(num_views), [&](int64_t v) { pixels[size_t(v)] = draw(size_t(v), Random(seed, uint64_t(v))); });
  return pixels;
}

int RaysPerView(int num_rays, size_t num_views) { return std::max(1, num_rays / std::max(1, int(num_views))); }

}  // namespace

SamplePool TraceAnywhere(const nerf::NerfModel& nerf, const std::vector<Camera>& cameras, int num_rays, uint64_t seed,
                         const Job& job) {
  const auto draw = [&](size_t v, Random random) {
    std::vector<int> drawn;
    for (int i = 0; i < RaysPerView(num_rays, cameras.size()); ++i)
      drawn.push_back(int(random.NextBelow(uint32_t(cameras[v].width * cameras[v].height))));
    return drawn;
  };
  return TracePixels(nerf, cameras, DrawPixels(cameras.size(), seed, draw), job);
}

SamplePool TraceNearObjects(const nerf::NerfModel& nerf, const std::vector<LabelView>& views, int num_rays,
                            uint64_t seed, const Job& job) {
  const auto draw = [&](size_t v, Random random) {
    const std::vector<int> pixels = ObjectSurroundings(views[v].labels);
    std::vector<int> drawn;
    for (int i = 0; i < RaysPerView(num_rays, views.size()) && !pixels.empty(); ++i)
      drawn.push_back(pixels[random.NextBelow(uint32_t(pixels.size()))]);
    return drawn;
  };
  std::vector<Camera> cameras;
  for (const LabelView& view : views) cameras.push_back(view.camera);
  return TracePixels(nerf, cameras, DrawPixels(views.size(), seed, draw), job);
}

SamplePool TracePixels(const nerf::NerfModel& nerf, const std::vector<Camera>& cameras,
                       const std::vector<std::vector<int>>& pixels, const Job& job) {
  std::vector<nerf::Ray> rays;
  std::vector<SamplePool::Pixel> of_rays;
  for (size_t v = 0; v < cameras.size(); ++v) {
    const Camera camera = cameras[v].In(nerf.model_from_file());
    for (const int pixel : pixels[v]) {
      const int x = pixel % camera.width, y = pixel / camera.width;
      rays.push_back(nerf::MakeRay(camera, Vec2(x + 0.5, y + 0.5)));
      of_rays.push_back({int(v), x, y});
    }
  }
  SamplePool pool;
  pool.rays = nerf::Trace(nerf, rays, {.geometry = true, .title = "trace mask rays"}, job);
  for (const int64_t ray : pool.rays.DropEmptyRays()) pool.pixels.push_back(of_rays[size_t(ray)]);
  pool.labels.assign(pool.pixels.size(), kIgnoreLabel);
  return pool;
}

std::vector<int> Relabel(const std::vector<LabelView>& views, SamplePool* pool) {
  std::vector<int> labeled;
  for (size_t ray = 0; ray < pool->pixels.size(); ++ray) {
    const auto [view, x, y] = pool->pixels[ray];
    const ImageU8& labels = views[size_t(view)].labels;
    pool->labels[ray] = labels.empty() ? kIgnoreLabel : labels.At(x, y);
    if (pool->labels[ray] != kIgnoreLabel) labeled.push_back(int(ray));
  }
  return labeled;
}

void SetWeights(const std::vector<LabelView>& views, const std::vector<ViewTrust>& trust, SamplePool* pool) {
  SANERF_CHECK_EQ(trust.size(), views.size());
  pool->weights.resize(pool->pixels.size());
  double sum = 0;
  int64_t num_labeled = 0;
  for (size_t ray = 0; ray < pool->pixels.size(); ++ray) {
    const auto [view, x, y] = pool->pixels[ray];
    const Camera& camera = views[size_t(view)].camera;
    pool->weights[ray] = trust[size_t(view)].At(x + 0.5, y + 0.5, camera.width, camera.height);
    if (pool->labels[ray] == kIgnoreLabel) continue;
    sum += double(pool->weights[ray]);
    ++num_labeled;
  }
  // The step of the optimizer is to be as long as without weights.
  if (sum > 0)
    for (float& weight : pool->weights) weight = float(weight * double(num_labeled) / sum);
}

void SetPrior(const LabelPrior& prior, SamplePool* pool) {
  const nerf::TracedRays& rays = pool->rays;
  const size_t num_labels = size_t(prior.num_labels());
  pool->prior.assign(size_t(rays.num_rays()) * num_labels, 0);
  ParallelForChunks(rays.num_rays(), 4096, [&](int64_t begin, int64_t end) {
    for (size_t r = size_t(begin); r < size_t(end); ++r)
      for (size_t s = size_t(rays.first[r]); s < size_t(rays.first[r + 1]); ++s)
        prior.AddTo(rays.unit[s].data(), rays.weight[s], &pool->prior[r * num_labels]);
  });
}

void SamplePool::Append(const SamplePool& other) {
  rays.Append(other.rays);
  pixels.insert(pixels.end(), other.pixels.begin(), other.pixels.end());
  labels.insert(labels.end(), other.labels.begin(), other.labels.end());
  prior.clear();
  weights.clear();
}

void SamplePool::Truncate(int64_t size) {
  rays.Truncate(size);
  pixels.resize(size_t(size));
  labels.resize(size_t(size));
  prior.clear();
  weights.clear();
}

double SamplesPerRay(const nerf::NerfModel& nerf, const std::vector<Camera>& cameras, const Job& job) {
  constexpr size_t kRays = 512;
  std::vector<nerf::Ray> rays;
  for (size_t i = 0; i < kRays && !cameras.empty(); ++i) {
    const Camera& camera = cameras[i * cameras.size() / kRays];
    Random random(0, uint64_t(i));
    const double x = random.NextDouble() * camera.width, y = random.NextDouble() * camera.height;
    rays.push_back(nerf::MakeRay(camera.In(nerf.model_from_file()), Vec2(x, y)));
  }
  const nerf::TracedRays traced = nerf::Trace(nerf, rays, {}, job);
  return double(traced.num_samples()) / double(std::max<size_t>(1, rays.size()));
}

double PoolRayBytes(double num_samples) {
  constexpr double kRay = sizeof(int64_t) + sizeof(SamplePool::Pixel) + sizeof(uint8_t);
  constexpr double kSample = sizeof(nerf::TracedRays::Vec3f) + sizeof(float) + sizeof(nerf::TracedRays::Geometry);
  return kRay + kSample * num_samples;
}

}  // namespace sanerf::mask_aggregator
