#include "sanerf/mask_aggregator/regions.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "sanerf/core/parallel.h"
#include "sanerf/core/random.h"
#include "sanerf/mask_aggregator/label_view.h"
#include "sanerf/nerf/ray_renderer.h"
#include "sanerf/nerf/trace.h"

namespace sanerf::mask_aggregator {

using nerf::Ray;

namespace {

constexpr double kDepthTolerance = 0.03;  // of the depth; as the mask decoder's visibility test
constexpr int kTriesPerView = 4;          // views that are looked into for each that is wanted

struct PlaceInView {
  int view;
  Vec2 px;
};

// Rays around a site in the views that see it, and what the radiance field shows there; none for a site in the air.
struct DrawnRegion {
  std::vector<Ray> rays;
  std::vector<std::array<float, 3>> rgb;
};

// Buffers of one thread.
class RegionDrawer {
 public:
  RegionDrawer(const nerf::NerfModel& nerf, const std::vector<Camera>& model_cameras, const RegionOptions& options)
      : cameras_(model_cameras), options_(options), renderer_(nerf.traced()) {}

  DrawnRegion Draw(const ErrorMaps::Site& site, Random random) {
    DrawnRegion region;
    for (const PlaceInView& place : FindPlaces(site, &random)) DrawPatch(place, &random, &region.rays);
    if (region.rays.empty()) return region;
    for (const nerf::RenderedRay& ray : renderer_.Render(region.rays))
      region.rgb.push_back({ray.rgb[0], ray.rgb[1], ray.rgb[2]});
    return region;
  }

 private:
  // Depth along the camera's axis (model units), none in the air.
  std::optional<double> DepthAt(const Camera& camera, const Vec2& px) {
    const Ray ray = nerf::MakeRay(camera, px);
    const nerf::RenderedRay& rendered = renderer_.Render({ray})[0];
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
    const auto low = [&](double center, int size) {
      return std::clamp(int(center) - options_.patch / 2, 0, std::max(0, size - options_.patch));
    };
    const int x0 = low(place.px.x(), camera.width), y0 = low(place.px.y(), camera.height);
    for (int i = 0; i < options_.rays; ++i) {
      const int x = x0 + int(random->NextBelow(uint32_t(options_.patch)));
      const int y = y0 + int(random->NextBelow(uint32_t(options_.patch)));
      rays->push_back(nerf::MakeRay(camera, Vec2(x + 0.5, y + 0.5)));
    }
  }

  const std::vector<Camera>& cameras_;
  const RegionOptions& options_;
  nerf::RayRenderer renderer_;
};

}  // namespace

RegionPool TraceRegions(const nerf::NerfModel& nerf, const std::vector<LabelView>& views,
                        const std::vector<ErrorMaps::Site>& sites, const RegionOptions& options, uint64_t seed,
                        const Job& job) {
  std::vector<Camera> cameras;
  for (const LabelView& view : views) cameras.push_back(view.camera.In(nerf.model_from_file()));
  std::vector<DrawnRegion> drawn(sites.size());
  WorkerPool<RegionDrawer> drawers;
  ParallelFor(int64_t(sites.size()), [&](int64_t i) {
    const auto drawer = drawers.Take([&] { return std::make_unique<RegionDrawer>(nerf, cameras, options); });
    drawn[size_t(i)] = drawer->Draw(sites[size_t(i)], Random(seed, uint64_t(i)));
  });

  std::vector<Ray> rays;
  std::vector<std::array<float, 3>> rgb;
  std::vector<size_t> region_of;
  for (size_t i = 0; i < drawn.size(); ++i) {
    rays.insert(rays.end(), drawn[i].rays.begin(), drawn[i].rays.end());
    rgb.insert(rgb.end(), drawn[i].rgb.begin(), drawn[i].rgb.end());
    region_of.insert(region_of.end(), drawn[i].rays.size(), i);
  }
  RegionPool regions;
  regions.pool.rays = nerf::Trace(nerf, rays, {.geometry = true}, job);
  std::vector<int> counts(drawn.size(), 0);
  for (const int64_t ray : regions.pool.rays.DropEmptyRays()) {
    regions.rgb.push_back(rgb[size_t(ray)]);
    ++counts[region_of[size_t(ray)]];
  }
  int first = 0;
  for (const int count : counts) {  // a region whose rays all met nothing is none
    if (count > 0) regions.regions.push_back({first, count});
    first += count;
  }
  return regions;
}

}  // namespace sanerf::mask_aggregator
