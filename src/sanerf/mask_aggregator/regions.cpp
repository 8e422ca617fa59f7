#include "sanerf/mask_aggregator/regions.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "sanerf/core/random.h"
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

// A place of large error and what is random about its region.
struct RegionSeed {
  ErrorMaps::Site site;
  Random random;
};

// Each site in up to num_views views that see it, its own first; in none for a site in the air.
std::vector<std::vector<PlaceInView>> FindPlaces(const nerf::NerfModel& nerf, const std::vector<Camera>& cameras,
                                                 std::vector<RegionSeed>* seeds, int num_views, const Job& job) {
  std::vector<Ray> rays;
  for (const RegionSeed& seed : *seeds) rays.push_back(nerf::MakeRay(cameras[size_t(seed.site.view)], seed.site.px));
  const std::vector<double> depths = DepthsOf(nerf, rays, job);

  struct Candidate {
    size_t site;
    PlaceInView place;
    double z;  // of the site in that view
  };
  std::vector<std::vector<PlaceInView>> places(seeds->size());
  std::vector<Candidate> candidates;
  rays.clear();
  for (size_t i = 0; i < seeds->size(); ++i) {
    auto& [site, random] = (*seeds)[i];
    if (depths[i] <= 0) continue;
    places[i] = {{site.view, site.px}};
    const Vec3 p = cameras[size_t(site.view)].Lift(site.px, depths[i]);
    for (const int view : DrawDistinct(kTriesPerView * num_views, int(cameras.size()), &random)) {
      const Camera& camera = cameras[size_t(view)];
      const std::optional<Vec2> px = camera.Project(p);
      if (view == site.view || !px || !camera.Contains(*px)) continue;
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

std::vector<Ray> PatchRays(const Camera& camera, const ImageU8& ignored, const Vec2& center,
                           const RegionOptions& options, Random* random) {
  std::vector<Ray> rays;
  const int width = std::min(options.patch, camera.width), height = std::min(options.patch, camera.height);
  const int x0 = std::clamp(int(center.x()) - width / 2, 0, camera.width - width);
  const int y0 = std::clamp(int(center.y()) - height / 2, 0, camera.height - height);
  for (const int pixel : DrawDistinct(options.rays, width * height, random)) {
    const int x = x0 + pixel % width, y = y0 + pixel / width;
    if (!ignored.empty() && ignored.At(x, y) != 0) continue;
    rays.push_back(nerf::MakeRay(camera, Vec2(x + 0.5, y + 0.5)));
  }
  return rays;
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
                        const std::vector<ErrorMaps::Site>& sites, const RegionOptions& options, const Job& job) {
  std::vector<Camera> cameras;
  for (const LabelView& view : views) cameras.push_back(view.camera.In(nerf.model_from_file()));
  std::vector<RegionSeed> seeds;
  for (const ErrorMaps::Site& site : sites) seeds.push_back({site, Random(options.seed, uint64_t(seeds.size()))});
  const int num_views = options.views > 0 ? options.views : int(cameras.size());
  const auto places = FindPlaces(nerf, cameras, &seeds, num_views, job);

  std::vector<Ray> rays;
  std::vector<size_t> region_of;
  for (size_t i = 0; i < sites.size(); ++i) {
    for (const PlaceInView& place : places[i]) {
      const size_t view = size_t(place.view);
      const std::vector<Ray> patch = PatchRays(cameras[view], views[view].ignored, place.px, options, &seeds[i].random);
      rays.insert(rays.end(), patch.begin(), patch.end());
    }
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
