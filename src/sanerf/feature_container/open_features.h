// The encoder's maps as the run keeps them: the one place that knows both containers.
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/feature_container/encode_context.h"

namespace sanerf::feature_container {

// options.container of the context: "cache" encodes those of `views` that are not encoded yet and opens the cache;
// "field" opens the distilled field, which `sanerf encode RUN --container field` makes. folder: RUN/features. Throws as
// EncodeViews, FeatureCache::Open and FeatureField::Open do.
std::unique_ptr<FeatureContainer> OpenFeatures(const std::filesystem::path& folder, const EncodeContext& context,
                                               const std::vector<int>& views, const Job& job);

// Held-out views, and the prompted ones that they are compared through, in a cache of their own, `folder`: what is
// trained on must not come near them. encoded: the cache that has the prompted ones. The caller holds the run's lock.
std::unique_ptr<FeatureContainer> EncodeTestViews(const std::filesystem::path& encoded,
                                                  const std::filesystem::path& folder, EncodeContext context,
                                                  const std::vector<int>& views, const Job& job);

}  // namespace sanerf::feature_container
