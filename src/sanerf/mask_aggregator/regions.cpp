#include "sanerf/mask_aggregator/regions.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "sanerf/core/parallel.h"
#include "sanerf/core/random.h"
#include "sanerf/mask_aggregator/label_view.h"
#include "sanerf/nerf/ray_renderer.h"
#include "sanerf/nerf/ray_samples.h"

namespace sanerf {

namespace {

constexpr double kDepthTolerance = 0.03;  // of the depth; as the mask decoder's visibility test
constexpr int kTriesPerView = 4;          // views that are looked into for each that is wanted

struct PlaceInView {
  int view;
  Vec2 px;
};

class RegionTracer {
 public:
  RegionTracer(const NerfModel& nerf, const std::vector<Camera>& model_cameras, const RegionOptions& options)
      : cameras_(model_cameras),
        options_(options),
        renderer_(nerf.traced()),
        tracer_(nerf.traced(), /*keep_waves=*/true) {}

  RegionPool Trace(const ErrorMaps::Site& site, Random random) {
    RegionPool out;
    const std::vector<PlaceInView> places = FindPlaces(site, &random);
    if (places.empty()) return out;
    std::vector<Ray> rays;
    for (const PlaceInView& place : places) DrawPatch(place, &random, &rays);
    const std::vector<RenderedRay> rendered = renderer_.Render(rays);
    ForEachRaySamples(tracer_, rays, [&](size_t i, const std::vector<int>& slots) {
      if (slots.empty()) return;
      AppendRay(tracer_, slots, {0, 0, kIgnoreLabel, 0, 0, 0}, &out.pool);
      out.rgb.push_back({rendered[i].rgb[0], rendered[i].rgb[1], rendered[i].rgb[2]});
    });
    if (!out.rgb.empty()) out.regions.push_back({0, int(out.rgb.size())});  // else all its rays met nothing
    return out;
  }

 private:
  // Depth along the camera's axis (model units), none in the air.
  std::optional<double> DepthAt(const Camera& camera, const Vec2& px) {
    const Ray ray = MakeRay(camera, px);
    const RenderedRay& rendered = renderer_.Render({ray})[0];
    if (rendered.median_t <= 0) return std::nullopt;
    return double(rendered.median_t) * ray.z_per_t;
  }

  std::vector<PlaceInView> FindPlaces(const ErrorMaps::Site& site, Random* random) {
    const Camera& own = cameras_[size_t(site.view)];
    const std::optional<double> z = DepthAt(own, site.px);
    if (!z) return {};
    std::vector<PlaceInView> places = {{site.view, site.px}};
    const Vec3 p = own.Lift(site.px, *z);
    std::vector<int> others(cameras_.size());
    std::iota(others.begin(), others.end(), 0);
    const int num_tries = std::min(int(others.size()), kTriesPerView * options_.views);
    for (int i = 0; i < num_tries && int(places.size()) < options_.views; ++i) {
      std::swap(others[size_t(i)], others[size_t(i) + random->NextBelow(uint32_t(others.size() - size_t(i)))]);
      const int view = others[size_t(i)];
      const Camera& camera = cameras_[size_t(view)];
      const std::optional<Vec2> px = camera.Project(p);
      if (view == site.view || !px || !camera.Contains(*px)) continue;
      const std::optional<double> seen = DepthAt(camera, *px);
      if (seen && std::abs(*seen - camera.ZDepth(p)) < kDepthTolerance * *seen) places.push_back({view, *px});
    }
    return places;
  }

  void DrawPatch(const PlaceInView& place, Random* random, std::vector<Ray>* rays) const {
    const Camera& camera = cameras_[size_t(place.view)];
    const auto low = [&](double centre, int size) {
      return std::clamp(int(centre) - options_.patch / 2, 0, std::max(0, size - options_.patch));
    };
    const int x0 = low(place.px.x(), camera.width), y0 = low(place.px.y(), camera.height);
    for (int i = 0; i < options_.rays; ++i) {
      const int x = x0 + int(random->NextBelow(uint32_t(options_.patch)));
      const int y = y0 + int(random->NextBelow(uint32_t(options_.patch)));
      rays->push_back(MakeRay(camera, Vec2(x + 0.5, y + 0.5)));
    }
  }

  const std::vector<Camera>& cameras_;
  const RegionOptions& options_;
  RayRenderer renderer_;
  RayTracer tracer_;
};

void Append(const RegionPool& part, RegionPool* all) {
  for (RegionPool::Region region : part.regions) {
    region.first += int(all->pool.rays.size());
    all->regions.push_back(region);
  }
  all->pool.Append(part.pool);
  all->rgb.insert(all->rgb.end(), part.rgb.begin(), part.rgb.end());
}

}  // namespace

RegionPool TraceRegions(const NerfModel& nerf, const std::vector<LabelView>& views,
                        const std::vector<ErrorMaps::Site>& sites, const RegionOptions& options, uint64_t seed) {
  std::vector<Camera> cameras;
  for (const LabelView& view : views) cameras.push_back(view.camera.In(nerf.model_from_file()));
  std::vector<RegionPool> parts(sites.size());
  WorkerPool<RegionTracer> tracers;
  ParallelFor(int64_t(sites.size()), [&](int64_t i) {
    const auto tracer = tracers.Take([&] { return std::make_unique<RegionTracer>(nerf, cameras, options); });
    parts[size_t(i)] = tracer->Trace(sites[size_t(i)], Random(seed, uint64_t(i)));
  });
  RegionPool all;
  for (const RegionPool& part : parts) Append(part, &all);
  return all;
}

}  // namespace sanerf
