#include "sanerf/feature_container/open_features.h"

#include "sanerf/core/job.h"
#include "sanerf/feature_container/encode_views.h"
#include "sanerf/feature_container/feature_cache.h"
#include "sanerf/feature_container/feature_field.h"

namespace sanerf::feature_container {

std::unique_ptr<FeatureContainer> OpenFeatures(const std::filesystem::path& folder, const scene::Scene& scene,
                                               const nerf::NerfModel& nerf, const sam::Sam& sam,
                                               const std::vector<int>& views, const EncodeOptions& options,
                                               const Job& job) {
  if (options.container == FeatureStore::kField) return FeatureField::Open(folder, scene, nerf, job);
  EncodeViews(folder, scene, nerf, sam, views, options, job);
  return FeatureCache::Open(folder, scene, nerf);
}

}  // namespace sanerf::feature_container
