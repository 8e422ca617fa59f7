#include "sanerf/feature_container/open_features.h"

#include "sanerf/core/job.h"
#include "sanerf/feature_container/encode_views.h"
#include "sanerf/feature_container/feature_cache.h"
#include "sanerf/feature_container/feature_field.h"

namespace sanerf::feature_container {

std::unique_ptr<FeatureContainer> OpenFeatures(const std::filesystem::path& folder, const EncodeContext& context,
                                               const std::vector<int>& views, const Job& job) {
  if (context.options.container == FeatureStore::kField) return FeatureField::Open(folder, context, job);
  EncodeViews(folder, context, views, job);
  return FeatureCache::Open(folder, context.scene, context.nerf);
}

std::unique_ptr<FeatureContainer> EncodeTestViews(const std::filesystem::path& encoded,
                                                  const std::filesystem::path& folder, EncodeContext context,
                                                  const std::vector<int>& views, const Job& job) {
  context.options.container = FeatureStore::kCache;  // also beside a distilled field
  TakeEncodedViews(encoded, folder, context.scene, views, job);
  return OpenFeatures(folder, context, views, job);
}

}  // namespace sanerf::feature_container
