// Views to encoder maps (paper 3.1).
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/feature_container/encode_context.h"
#include "sanerf/feature_container/feature_cache.h"
#include "sanerf/pipeline/settings.h"
#include "sanerf/run/run_folder.h"

namespace sanerf::pipeline {

struct EncodeRequest {
  std::filesystem::path run;
  std::optional<std::filesystem::path> scene;  // where it moved to
};
struct EncodeResult {
  std::filesystem::path folder;
  int num_views = 0;
  double seconds = 0;
  double field_error = -1;  // mean squared error of the distilled field, < 0 without one
};
EncodeResult Encode(const EncodeRequest& request, const Settings& settings, const Job& job);  // all training views
// Held-out views, and the prompted ones that they are compared through, in a cache of their own: what is trained on
// must not come near them. The caller holds the run's lock.
std::unique_ptr<feature_container::FeatureCache> EncodeTestViews(const run::RunFolder& run,
                                                                 feature_container::EncodeContext context,
                                                                 const std::vector<int>& views, const Job& job);
// Records which views are encoded and with what, so that later stages and `info` need not open the cache.
void RecordEncoding(run::RunFolder& run, const Settings& settings, size_t num_views, double seconds, const Job& job);

}  // namespace sanerf::pipeline
