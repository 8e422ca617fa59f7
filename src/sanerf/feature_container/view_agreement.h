// Where the depth of an encoded view is confirmed by others: masks and prompts can be trusted as far as it can.
#pragma once

#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/feature_container/feature_container.h"
#include "sanerf/nerf/depth_agreement.h"

namespace sanerf::feature_container {

// nerf::DepthAgreement at the view's working camera, with the nearest of `among` that the container has. Reads the
// depth of each of these.
ImageF ViewAgreement(const FeatureContainer& container, int view_idx, const std::vector<int>& among,
                     const nerf::DepthAgreementOptions& options, const Job& job);

}  // namespace sanerf::feature_container
