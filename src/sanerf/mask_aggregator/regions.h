// Small regions around places of large error, seen from several views: the rays R_p of the ray-pair RGB loss (paper
// Eq. 13). Traced once, like the sample pool: the geometry is frozen.
#pragma once

#include <array>
#include <vector>

#include "sanerf/core/random.h"
#include "sanerf/mask_aggregator/error_maps.h"
#include "sanerf/mask_aggregator/label_view.h"
#include "sanerf/mask_aggregator/sample_pool.h"

namespace sanerf::mask_aggregator {

struct RegionOptions {
  int views = 4;      // that see the place, its own included, at the most; 0: every one
  int patch = 16;     // N: side of the patch around the place in each of them, label pixels
  int rays = 32;      // different ones from each patch; all of a patch that has no more
  uint64_t seed = 1;  // of views and pixels
};

struct RegionPool {
  struct Region {
    int first, count;  // rays of `pool`
  };
  std::vector<Region> regions;
  SamplePool pool;                        // its rays and prior; pixels and labels are not used
  std::vector<std::array<float, 3>> rgb;  // rendered, per ray of `pool`
};

// Lifts each site through the radiance field's depth and reprojects it into other views, in random order, keeping those
// that see it (the depth rendered there agrees); a site in the air makes no region. A patch that would reach beyond the
// image is moved inside; ignored pixels give no ray. Throws InterruptedError.
RegionPool TraceRegions(const nerf::NerfModel& nerf, const std::vector<LabelView>& views,
                        const std::vector<ErrorMaps::Site>& sites, const RegionOptions& options, const Job& job);

// What one step takes of a pool: each region once, with different rays of it as references (the paper's K).
struct RegionSample {
  RegionPool::Region region;
  std::vector<int> references;  // counted from the region's first ray
};
// At most so many regions and references of each; all where there are no more.
std::vector<RegionSample> SampleRegions(const RegionPool& pool, int num_regions, int num_references, Random* random);

}  // namespace sanerf::mask_aggregator
