#include "sanerf/feature_container/feature_cache.h"

#include <fmt/format.h>

#include "sanerf/core/error.h"
#include "sanerf/core/image_io.h"
#include "sanerf/core/image_ops.h"
#include "sanerf/core/job.h"
#include "sanerf/feature_container/cache_index.h"
#include "sanerf/feature_container/feature_container.h"
#include "sanerf/feature_container/feature_file.h"
#include "sanerf/feature_container/recently_used.h"

namespace sanerf::feature_container {
namespace {

// Views held in memory at once: enough to go back and forth between the views of one prompt, small enough (about 20 MB
// each) not to matter beside the radiance field.
constexpr size_t kMaxViewsInMemory = 4;
// Depths are a tenth of that, and labels ask for those of all views again and again.
constexpr size_t kMaxDepthsInMemory = 64;

}  // namespace

struct FeatureCache::Impl {
  std::filesystem::path folder;
  CacheIndex index;
  std::vector<scene::View> views;
  uint64_t model_fingerprint = 0;
  RecentlyUsed<sam::SamFeatures> features{kMaxViewsInMemory};
  RecentlyUsed<ViewGeometry> geometry{kMaxDepthsInMemory};

  const CacheIndex::Entry& Entry(int view_idx) const {
    const auto entry = index.views.find(views.at(view_idx).name);
    if (entry == index.views.end()) {
      throw Error(fmt::format("{}: view {} has not been encoded", folder.string(), views[view_idx].name), "",
                  RebuildHint(folder));
    }
    return entry->second;
  }
  std::shared_ptr<const ViewGeometry> Geometry(int view_idx) {
    const CacheIndex::Entry& entry = Entry(view_idx);
    return geometry.Get(view_idx, [&] {
      ViewGeometry read = ReadViewGeometry(folder / entry.file, views[view_idx].name, RebuildHint(folder));
      const Camera camera = sanerf::feature_container::WorkingCamera(views[view_idx], index.options.size);
      if (read.depth.width != camera.width || read.depth.height != camera.height) {
        throw Error(fmt::format("{}: depth is {}x{} pixels", (folder / entry.file).string(), read.depth.width,
                                read.depth.height),
                    fmt::format("view {} has {}x{}", views[view_idx].name, camera.width, camera.height),
                    RebuildHint(folder));
      }
      return read;
    });
  }
};

FeatureCache::FeatureCache(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
FeatureCache::~FeatureCache() = default;

std::unique_ptr<FeatureCache> FeatureCache::Open(const std::filesystem::path& folder, const scene::Scene& scene,
                                                 uint64_t nerf_fingerprint) {
  auto impl = std::make_unique<Impl>();
  impl->folder = folder;
  impl->index = ReadIndex(folder);
  if (const auto why = WhyStale(impl->index, scene, nerf_fingerprint)) {
    throw Error(fmt::format("{}: the encoded views are out of date", folder.string()), *why, RebuildHint(folder));
  }
  impl->views = scene.views;
  impl->model_fingerprint = std::strtoull(impl->index.model_fingerprint.c_str(), nullptr, 16);
  return std::unique_ptr<FeatureCache>(new FeatureCache(std::move(impl)));
}

std::unique_ptr<FeatureCache> FeatureCache::Open(const std::filesystem::path& folder, const scene::Scene& scene,
                                                 const nerf::NerfModel& nerf) {
  return Open(folder, scene, nerf.Fingerprint());
}

const EncodeOptions& FeatureCache::options() const { return impl_->index.options; }

Camera FeatureCache::WorkingCamera(int view_idx) const {
  return sanerf::feature_container::WorkingCamera(impl_->views.at(view_idx), options().size);
}

bool FeatureCache::Has(int view_idx) const { return impl_->index.views.contains(impl_->views.at(view_idx).name); }

std::shared_ptr<const sam::SamFeatures> FeatureCache::Features(int view_idx, const Job&) const {
  const CacheIndex::Entry& entry = impl_->Entry(view_idx);
  return impl_->features.Get(view_idx, [&] {
    return ReadViewFeatures(impl_->folder / entry.file, impl_->views[view_idx].name, RebuildHint(impl_->folder));
  });
}

ImageF FeatureCache::Depth(int view_idx, const Job&) const { return impl_->Geometry(view_idx)->depth; }
ImageF FeatureCache::Opacity(int view_idx, const Job&) const { return impl_->Geometry(view_idx)->opacity; }
ImageF FeatureCache::Rgb(int view_idx, const Job&) const {
  return ToFloat(ToRgb(ReadImage(impl_->folder / impl_->Entry(view_idx).rgb)));
}
uint64_t FeatureCache::ModelFingerprint() const { return impl_->model_fingerprint; }

}  // namespace sanerf::feature_container
