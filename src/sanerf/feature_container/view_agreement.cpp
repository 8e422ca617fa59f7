#include "sanerf/feature_container/view_agreement.h"

namespace sanerf::feature_container {

ImageF ViewAgreement(const FeatureContainer& container, int view_idx, const std::vector<int>& among,
                     const nerf::DepthAgreementOptions& options, const Job& job) {
  std::vector<int> views = {view_idx};
  for (const int other : among)
    if (other != view_idx && container.Has(other)) views.push_back(other);
  std::vector<Camera> cameras;
  for (const int view : views) cameras.push_back(container.WorkingCamera(view));
  std::vector<nerf::DepthView> others;
  for (const size_t i : nerf::NearestViews(cameras, 0, options.neighbors))
    others.push_back({cameras[i], container.Depth(views[i], job)});
  std::vector<const nerf::DepthView*> asked;
  for (const nerf::DepthView& other : others) asked.push_back(&other);
  return nerf::DepthAgreement({cameras[0], container.Depth(view_idx, job)}, asked, options);
}

}  // namespace sanerf::feature_container
