#include "sanerf/mask_aggregator/regions.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "sanerf/core/random_draw.h"
#include "sanerf/mask_aggregator/label_view.h"
#include "sanerf/nerf/trace.h"

namespace sanerf::mask_aggregator {

using nerf::Ray;
using nerf::TracedRays;

namespace {

constexpr double kDepthTolerance = 0.03;  // of the depth; as the mask decoder's visibility test
constexpr int kTriesPerView = 4;          // views that are looked into for each that is wanted

struct PlaceInView {
  int view;
  Vec2 px;
};

// Along the axes of the rays' cameras (model units); 0 in the air.
std::vector<double> DepthsOf(const nerf::NerfModel& nerf, const std::vector<Ray>& rays, const Job& job) {
  const TracedRays traced = nerf::Trace(nerf, rays, {.opacity = true}, job);
  std::vector<double> depths;
  for (size_t i = 0; i < rays.size(); ++i) depths.push_back(double(traced.median_t[i]) * rays[i].z_per_t);
  return depths;
}

// Each site in the views that see it, its own first; in none for a site in the air. randoms: one per site.
std::vector<std::vector<PlaceInView>> FindPlaces(const nerf::NerfModel& nerf, const std::vector<Camera>& cameras,
                                                 const std::vector<ErrorMaps::Site>& sites, int num_views,
                                                 std::vector<Random>* randoms, const Job& job) {
  std::vector<Ray> rays;
  for (const ErrorMaps::Site& site : sites) rays.push_back(nerf::MakeRay(cameras[size_t(site.view)], site.px));
  const std::vector<double> depths = DepthsOf(nerf, rays, job);

  struct Candidate {
    size_t site;
    PlaceInView place;
    double z;  // of the site in that view
  };
  std::vector<std::vector<PlaceInView>> places(sites.size());
  std::vector<Candidate> candidates;
  rays.clear();
  for (size_t i = 0; i < sites.size(); ++i) {
    if (depths[i] <= 0) continue;
    places[i] = {{sites[i].view, sites[i].px}};
    const Vec3 p = cameras[size_t(sites[i].view)].Lift(sites[i].px, depths[i]);
    for (const int view : DrawDistinct(kTriesPerView * num_views, int(cameras.size()), &(*randoms)[i])) {
      const Camera& camera = cameras[size_t(view)];
      const std::optional<Vec2> px = camera.Project(p);
      if (view == sites[i].view || !px || !camera.Contains(*px)) continue;
      candidates.push_back({i, {view, *px}, camera.ZDepth(p)});
      rays.push_back(nerf::MakeRay(camera, *px));
    }
  }
  const std::vector<double> seen = DepthsOf(nerf, rays, job);
  for (size_t c = 0; c < candidates.size(); ++c) {
    std::vector<PlaceInView>& of_site = places[candidates[c].site];
    if (int(of_site.size()) < num_views && seen[c] > 0 &&
        std::abs(seen[c] - candidates[c].z) < kDepthTolerance * seen[c])
      of_site.push_back(candidates[c].place);
  }
  return places;
}

void DrawPatch(const Camera& camera, const Vec2& center, const RegionOptions& options, Random* random,
               std::vector<Ray>* rays) {
  const auto low = [&](double middle, int size) {
    return std::clamp(int(middle) - options.patch / 2, 0, std::max(0, size - options.patch));
  };
  const int x0 = low(center.x(), camera.width), y0 = low(center.y(), camera.height);
  for (int i = 0; i < options.rays; ++i) {
    const int x = x0 + int(random->NextBelow(uint32_t(options.patch)));
    const int y = y0 + int(random->NextBelow(uint32_t(options.patch)));
    rays->push_back(nerf::MakeRay(camera, Vec2(x + 0.5, y + 0.5)));
  }
}

// What a ray with opacity and the colors of its samples shows (Eq. 1).
std::array<float, 3> ColorOf(const nerf::NerfModel& nerf, const TracedRays& rays, size_t ray) {
  std::array<float, 3> rgb;
  for (size_t c = 0; c < 3; ++c) {
    float sum = 0;
    for (size_t s = size_t(rays.first[ray]); s < size_t(rays.first[ray + 1]); ++s)
      sum += rays.weight[s] * rays.color[s][c];
    rgb[c] = std::clamp(sum + (1 - rays.opacity[ray]) * nerf.background()[c], 0.0f, 1.0f);
  }
  return rgb;
}

}  // namespace

RegionPool TraceRegions(const nerf::NerfModel& nerf, const std::vector<LabelView>& views,
                        const std::vector<ErrorMaps::Site>& sites, const RegionOptions& options, uint64_t seed,
                        const Job& job) {
  std::vector<Camera> cameras;
  for (const LabelView& view : views) cameras.push_back(view.camera.In(nerf.model_from_file()));
  std::vector<Random> randoms;
  for (size_t i = 0; i < sites.size(); ++i) randoms.emplace_back(seed, uint64_t(i));
  const auto places = FindPlaces(nerf, cameras, sites, options.views, &randoms, job);

  std::vector<Ray> rays;
  std::vector<size_t> region_of;
  for (size_t i = 0; i < sites.size(); ++i) {
    for (const PlaceInView& place : places[i])
      DrawPatch(cameras[size_t(place.view)], place.px, options, &randoms[i], &rays);
    region_of.resize(rays.size(), i);
  }
  RegionPool regions;
  TracedRays& traced = regions.pool.rays;
  traced = nerf::Trace(nerf, rays,
                       {.min_weight = nerf::kVisibleWeight, .opacity = true, .geometry = true, .color = true}, job);
  std::vector<std::array<float, 3>> rgb;
  for (size_t ray = 0; ray < rays.size(); ++ray) rgb.push_back(ColorOf(nerf, traced, ray));
  traced.opacity = traced.median_t = {};
  traced.color = {};
  traced.DropSamples(nerf::kMinSampleWeight);

  std::vector<int> counts(sites.size(), 0);
  for (const int64_t ray : traced.DropEmptyRays()) {
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

std::vector<RegionSample> SampleRegions(const RegionPool& pool, int num_regions, int num_references, Random* random) {
  std::vector<RegionSample> samples;
  for (const int i : DrawDistinct(num_regions, int(pool.regions.size()), random)) {
    const RegionPool::Region& region = pool.regions[size_t(i)];
    samples.push_back({region, DrawDistinct(num_references, region.count, random)});
  }
  return samples;
}

}  // namespace sanerf::mask_aggregator
