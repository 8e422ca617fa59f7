#include "sanerf/feature_container/feature_cache.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

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

// What is held in memory, of maps and of depths each, so as not to matter beside radiance field and SAM: the maps of a
// dozen views of SAM 2 (20 MB a view; of large encoders 100), and the depths of 128, which labels ask for again and
// again.
constexpr size_t kMostBytes = size_t{256} << 20;
constexpr size_t kFewestViews = 4;  // however large: enough to go back and forth between the views of one prompt

size_t BytesOfMaps(const sam::SamFeatures& features) {
  size_t num_values = 0;
  for (const models::Tensor& map : features.maps) num_values += map.data.size();
  return num_values * sizeof(float);
}
size_t BytesOfGeometry(const ViewGeometry& geometry) {
  return (geometry.depth.data.size() + geometry.opacity.data.size()) * sizeof(float);
}

// All that the one has, the other has as well, and perhaps further views.
bool GoesOn(const CacheIndex& from, const CacheIndex& to) {
  return from.model_fingerprint == to.model_fingerprint && from.nerf_fingerprint == to.nerf_fingerprint &&
         from.options.size == to.options.size && from.options.source == to.options.source &&
         std::all_of(from.views.begin(), from.views.end(), [&](const auto& view) {
           const auto same = to.views.find(view.first);
           return same != to.views.end() && same->second == view.second;
         });
}

}  // namespace

struct FeatureCache::Impl {
  // What has been read of the views.
  struct InMemory {
    explicit InMemory(size_t num_views)
        : features({num_views, kMostBytes, kFewestViews}, BytesOfMaps),
          geometry({std::numeric_limits<size_t>::max(), kMostBytes, kFewestViews}, BytesOfGeometry) {}
    RecentlyUsed<sam::SamFeatures> features;
    RecentlyUsed<ViewGeometry> geometry;
  };

  std::filesystem::path folder;
  CacheIndex index;
  std::vector<scene::View> views;
  uint64_t model_fingerprint = 0;
  std::shared_ptr<InMemory> in_memory;

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
    return in_memory->geometry.Get(view_idx, [&] {
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
                                                 uint64_t nerf_fingerprint, const Keeping& keeping) {
  auto impl = std::make_unique<Impl>();
  impl->folder = folder;
  impl->index = ReadIndex(folder);
  if (const auto why = WhyStale(impl->index, scene, nerf_fingerprint)) {
    throw StaleViewsError(fmt::format("{}: the encoded views are out of date", folder.string()), *why,
                          RebuildHint(folder));
  }
  impl->views = scene.views;
  impl->model_fingerprint = std::strtoull(impl->index.model_fingerprint.c_str(), nullptr, 16);
  const bool goes_on = keeping.earlier != nullptr && keeping.earlier->impl_->folder == folder &&
                       GoesOn(keeping.earlier->impl_->index, impl->index);
  impl->in_memory =
      goes_on ? keeping.earlier->impl_->in_memory : std::make_shared<Impl::InMemory>(size_t(keeping.views));
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
  return impl_->in_memory->features.Get(view_idx, [&] {
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
