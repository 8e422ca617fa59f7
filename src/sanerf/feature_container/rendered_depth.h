// Encoded views with depth from a radiance field as it is: of one in training, or before depth is stored with the maps.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "sanerf/feature_container/feature_container.h"
#include "sanerf/nerf/model.h"

namespace sanerf::feature_container {

class RenderedDepth : public FeatureContainer {
 public:
  // maps: all but depth and opacity, which are rendered when they are first asked for and kept.
  RenderedDepth(std::shared_ptr<const FeatureContainer> maps, const nerf::NerfModel& nerf);

  Camera WorkingCamera(int view_idx) const override { return maps_->WorkingCamera(view_idx); }
  bool Has(int view_idx) const override { return maps_->Has(view_idx); }
  std::shared_ptr<const sam::SamFeatures> Features(int view_idx, const Job& job) const override;
  ImageF Depth(int view_idx, const Job& job) const override;
  ImageF Opacity(int view_idx, const Job& job) const override;
  ImageF Rgb(int view_idx, const Job& job) const override { return maps_->Rgb(view_idx, job); }
  uint64_t ModelFingerprint() const override { return maps_->ModelFingerprint(); }

 private:
  struct Place {
    std::mutex mutex;
    std::optional<nerf::RenderedView> view;  // without its colors
  };
  const nerf::RenderedView& Rendered(int view_idx, const Job& job) const;

  const std::shared_ptr<const FeatureContainer> maps_;
  const nerf::NerfModel nerf_;
  mutable std::mutex mutex_;
  mutable std::map<int, std::unique_ptr<Place>> places_;
};

}  // namespace sanerf::feature_container
