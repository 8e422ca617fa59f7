#include "sanerf/feature_container/rendered_depth.h"

#include <utility>

namespace sanerf::feature_container {

RenderedDepth::RenderedDepth(std::shared_ptr<const FeatureContainer> maps, const nerf::NerfModel& nerf)
    : maps_(std::move(maps)), nerf_(nerf) {}

std::shared_ptr<const sam::SamFeatures> RenderedDepth::Features(int view_idx, const Job& job) const {
  return maps_->Features(view_idx, job);
}

// Several views are rendered at once, each by whoever asks first.
const nerf::RenderedView& RenderedDepth::Rendered(int view_idx, const Job& job) const {
  Place* place;
  {
    const std::lock_guard lock(mutex_);
    std::unique_ptr<Place>& known = places_[view_idx];
    if (!known) known = std::make_unique<Place>();
    place = known.get();
  }
  const std::lock_guard lock(place->mutex);
  if (!place->view) {
    nerf::RenderedView view = nerf_.Render(maps_->WorkingCamera(view_idx), job);
    view.rgb = ImageF();
    place->view = std::move(view);
  }
  return *place->view;
}

ImageF RenderedDepth::Depth(int view_idx, const Job& job) const { return Rendered(view_idx, job).depth; }
ImageF RenderedDepth::Opacity(int view_idx, const Job& job) const { return Rendered(view_idx, job).opacity; }

}  // namespace sanerf::feature_container
