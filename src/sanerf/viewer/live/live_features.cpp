#include "sanerf/viewer/live/live_features.h"

#include <fmt/format.h>

#include <utility>

#include "sanerf/core/error.h"
#include "sanerf/core/job.h"
#include "sanerf/feature_container/cache_index.h"

namespace sanerf::viewer {

using feature_container::FeatureCache;

namespace {

constexpr int kViewsInMemory = kFirstViews + 4;  // and those of corrections, and of the mouse

}  // namespace

LiveFeatures::LiveFeatures(std::filesystem::path folder, const scene::Scene& scene, uint64_t nerf_fingerprint,
                           uint64_t model_fingerprint, int size, const Job& job)
    : folder_(std::move(folder)),
      scene_(scene),
      nerf_fingerprint_(nerf_fingerprint),
      model_fingerprint_(model_fingerprint),
      size_(size) {
  Reload(job);
}

std::unique_ptr<FeatureCache> LiveFeatures::OpenCache(const FeatureCache* earlier, const Job& job) const {
  if (!feature_container::HasIndex(folder_)) return nullptr;
  try {
    return FeatureCache::Open(folder_, scene_, nerf_fingerprint_, {kViewsInMemory, earlier});
  } catch (const feature_container::StaleViewsError&) {  // encoding says what it does about that
  } catch (const Error& error) {
    job.Warn(fmt::format("the encoded views cannot be used: {}", error.what()));
  }
  return nullptr;
}

void LiveFeatures::Reload(const Job& job) {
  const std::shared_ptr<const FeatureCache> earlier = Cache();
  std::shared_ptr<const FeatureCache> cache = OpenCache(earlier.get(), job);
  if (cache && (cache->ModelFingerprint() != model_fingerprint_ || cache->options().size != size_)) cache = nullptr;
  const std::lock_guard lock(mutex_);
  cache_ = std::move(cache);
}

std::shared_ptr<const FeatureCache> LiveFeatures::Cache() const {
  const std::lock_guard lock(mutex_);
  return cache_;
}

std::shared_ptr<const FeatureCache> LiveFeatures::CacheWith(int view_idx) const {
  std::shared_ptr<const FeatureCache> cache = Cache();
  if (!cache) throw Error("view " + scene_.views.at(size_t(view_idx)).name + " has not been encoded yet");
  return cache;
}

Camera LiveFeatures::WorkingCamera(int view_idx) const {
  return feature_container::WorkingCamera(scene_.views.at(size_t(view_idx)), size_);
}

bool LiveFeatures::Has(int view_idx) const {
  const std::shared_ptr<const FeatureCache> cache = Cache();
  return cache && cache->Has(view_idx);
}

std::shared_ptr<const sam::SamFeatures> LiveFeatures::Features(int view_idx, const Job& job) const {
  return CacheWith(view_idx)->Features(view_idx, job);
}
ImageF LiveFeatures::Depth(int view_idx, const Job& job) const { return CacheWith(view_idx)->Depth(view_idx, job); }
ImageF LiveFeatures::Opacity(int view_idx, const Job& job) const { return CacheWith(view_idx)->Opacity(view_idx, job); }
ImageF LiveFeatures::Rgb(int view_idx, const Job& job) const { return CacheWith(view_idx)->Rgb(view_idx, job); }

}  // namespace sanerf::viewer
