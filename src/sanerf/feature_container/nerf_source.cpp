// The two entry points that take the radiance field itself; everything else works on what it looks like.
#include "sanerf/core/job.h"
#include "sanerf/feature_container/feature_container.h"

namespace sanerf {

std::unique_ptr<FeatureCache> FeatureCache::Open(const std::filesystem::path& folder, const Scene& scene,
                                                 const NerfModel& nerf) {
  return Open(folder, scene, nerf.Fingerprint());
}

void EncodeViews(const std::filesystem::path& folder, const Scene& scene, const NerfModel& nerf, const Sam& sam,
                 const std::vector<int>& view_idxs, const EncodeOptions& options, const Job& job) {
  const RadianceSource field{nerf.Fingerprint(),
                             [&nerf](const Camera& camera, const Job& job) { return nerf.Render(camera, job); }};
  EncodeViews(folder, scene, field, sam, view_idxs, options, job);
}

}  // namespace sanerf
