// The encoded views of a run while more of them come: what is read is the cache on disk, opened again as it grows.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>

#include "sanerf/feature_container/feature_cache.h"

namespace sanerf::viewer {

// That a first answer decodes: one takes some hundredths of a second on one core, and eight of them vote nearly as all
// do.
inline constexpr int kFirstViews = 8;

class LiveFeatures : public feature_container::FeatureContainer {
 public:
  // folder: RUN/features, which need not be there yet. scene must outlive this. size: of the working cameras.
  LiveFeatures(std::filesystem::path folder, const scene::Scene& scene, uint64_t nerf_fingerprint,
               uint64_t model_fingerprint, int size, const Job& job);

  // Looks again for views; what cannot be used, of another model say, counts as not there. An index that cannot be read
  // is a warning.
  void Reload(const Job& job);

  Camera WorkingCamera(int view_idx) const override;
  bool Has(int view_idx) const override;
  std::shared_ptr<const sam::SamFeatures> Features(int view_idx, const Job& job) const override;
  ImageF Depth(int view_idx, const Job& job) const override;
  ImageF Opacity(int view_idx, const Job& job) const override;
  ImageF Rgb(int view_idx, const Job& job) const override;
  uint64_t ModelFingerprint() const override { return model_fingerprint_; }

 private:
  std::unique_ptr<feature_container::FeatureCache> OpenCache(const feature_container::FeatureCache* earlier,
                                                             const Job& job) const;
  std::shared_ptr<const feature_container::FeatureCache> Cache() const;
  std::shared_ptr<const feature_container::FeatureCache> CacheWith(int view_idx) const;  // throws Error

  std::filesystem::path folder_;
  const scene::Scene& scene_;
  uint64_t nerf_fingerprint_, model_fingerprint_;
  int size_;
  mutable std::mutex mutex_;
  std::shared_ptr<const feature_container::FeatureCache> cache_;  // null before the first view
};

}  // namespace sanerf::viewer
