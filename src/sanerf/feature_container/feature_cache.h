// Encoded views on disk, in half precision.
#pragma once

#include <filesystem>
#include <memory>

#include "sanerf/core/error.h"
#include "sanerf/core/job.h"
#include "sanerf/feature_container/feature_container.h"
#include "sanerf/nerf/model.h"
#include "sanerf/scene/scene.h"

namespace sanerf::feature_container {

// Views that were encoded with another radiance field, other cameras or other photos; encoding makes them anew.
class StaleViewsError : public Error {
 public:
  using Error::Error;
};

// RUN/features/: index.json (model, source, size, fingerprints, views) and per view one .feat file (maps in half
// precision, depth in single, opacity) and one PNG (what was encoded). A container whose fingerprints do not match
// model, NeRF, cameras or options is stale and is rebuilt by EncodeViews.
class FeatureCache : public FeatureContainer {
 public:
  // What stays in memory: maps of so many views, those asked for last, or of fewer where they are large.
  struct Keeping {
    int views = 4;
    // The same cache as it was before there were further views: what it has read is kept.
    const FeatureCache* earlier = nullptr;
  };
  // Opens an existing cache; views are read when they are asked for.
  // Throws StaleViewsError when it is stale (says what changed and the command), Error when there is none or its index
  // cannot be read.
  static std::unique_ptr<FeatureCache> Open(const std::filesystem::path& folder, const scene::Scene& scene,
                                            const nerf::NerfModel& nerf);
  static std::unique_ptr<FeatureCache> Open(const std::filesystem::path& folder, const scene::Scene& scene,
                                            uint64_t nerf_fingerprint, const Keeping& keeping);
  static std::unique_ptr<FeatureCache> Open(const std::filesystem::path& folder, const scene::Scene& scene,
                                            uint64_t nerf_fingerprint) {
    return Open(folder, scene, nerf_fingerprint, Keeping{});
  }
  ~FeatureCache() override;

  const EncodeOptions& options() const;
  Camera WorkingCamera(int view_idx) const override;
  bool Has(int view_idx) const override;
  std::shared_ptr<const sam::SamFeatures> Features(int view_idx, const Job& job) const override;
  ImageF Depth(int view_idx, const Job& job) const override;
  ImageF Opacity(int view_idx, const Job& job) const override;
  ImageF Rgb(int view_idx, const Job& job) const override;
  uint64_t ModelFingerprint() const override;

 private:
  struct Impl;
  explicit FeatureCache(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace sanerf::feature_container
