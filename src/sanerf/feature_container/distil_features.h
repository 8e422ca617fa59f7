// Making the feature field (paper 3.1): encoded views, their rays, optimization, field.ckpt.
#pragma once

#include <filesystem>

#include "sanerf/core/job.h"
#include "sanerf/feature_container/encode_context.h"
#include "sanerf/feature_container/field_options.h"

namespace sanerf::feature_container {

struct DistilResult {
  bool reused = false;  // what is in `folder` was made with the same options from the same things
  int num_views = 0;    // that it learned from, the extra ones included
  double loss = 0;      // mean squared error at the end
  double seconds = 0;   // of the optimization; 0 when reused
};

// Encodes the training views (EncodeViews; what is cached is not encoded again), distills them and writes field.ckpt.
// Memory is said before it is taken. Throws UsageError for options out of range, Error for a model
// whose maps it cannot hold, InterruptedError with nothing of the field written and every encoded view kept.
DistilResult DistilFeatures(const std::filesystem::path& folder, const EncodeContext& context,
                            const FeatureFieldOptions& options, const Job& job);

}  // namespace sanerf::feature_container
