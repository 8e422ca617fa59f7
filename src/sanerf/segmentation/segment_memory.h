// How much memory the masks of many objects take, and the field that is fitted to them.
#pragma once

#include <cstdint>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/feature_container/feature_container.h"
#include "sanerf/mask_aggregator/options.h"
#include "sanerf/nerf/model.h"
#include "sanerf/scene/scene.h"

namespace sanerf::segmentation {

struct MaskLoad {
  int64_t num_objects = 0, num_views = 0;
  double pixels = 0;  // of all views together, at the size at which they are decoded
};
// longest: of the working cameras' sides, pixels.
MaskLoad LoadOf(int64_t num_objects, const scene::Scene& scene, const std::vector<int>& views, int longest);
MaskLoad LoadOf(int64_t num_objects, const feature_container::FeatureContainer& container,
                const std::vector<int>& views);

// What the radiance field adds to it.
struct RayLoad {
  bool contracted = false;
  double samples_per_ray = 0;  // that carry light: many in fog
};
// Traces some hundred rays of these views. Throws InterruptedError.
RayLoad RayLoadOf(const nerf::NerfModel& nerf, const scene::Scene& scene, const std::vector<int>& views,
                  const Job& job);

double MaskBytes(const MaskLoad& load);
// Votes, traced rays and object field.
double ObjectFieldBytes(const MaskLoad& load, const mask_aggregator::AggregatorOptions& options, const RayLoad& rays);

// Throws Error when both together are more than there is.
void CheckSegmentMemory(const MaskLoad& load, const mask_aggregator::AggregatorOptions& options, const RayLoad& rays,
                        const Job& job);

}  // namespace sanerf::segmentation
