#include "sanerf/feature_container/feature_field.h"

#include <fmt/format.h>

#include "sanerf/core/error.h"
#include "sanerf/core/job.h"
#include "sanerf/feature_container/cache_index.h"
#include "sanerf/feature_container/feature_cache.h"
#include "sanerf/feature_container/field_file.h"
#include "sanerf/feature_container/recently_used.h"

namespace sanerf::feature_container {

using nerf::NerfModel;
using sam::SamFeatures;

namespace {

// About 20 MB each.
constexpr size_t kMaxMapsInMemory = 4;
// About 5 MB each at 512 pixels: what takes longest to render is asked for again and again.
constexpr size_t kMaxRendersInMemory = 32;

// The training views' depth and color were stored when they were encoded, if that is still what they look like. Throws
// Error for an index that cannot be read.
std::unique_ptr<FeatureCache> OpenCache(const std::filesystem::path& folder, const scene::Scene& scene,
                                        const NerfModel& nerf, const FieldContents& contents, const Job& job) {
  if (!HasIndex(folder)) return nullptr;
  if (const auto why = WhyStale(ReadIndex(folder), scene, nerf.Fingerprint())) {
    job.Warn(fmt::format("{}: the encoded views are out of date ({}); depth and color are rendered instead",
                         folder.string(), *why));
    return nullptr;
  }
  auto cache = FeatureCache::Open(folder, scene, nerf);
  if (cache->options().size == contents.encode.size) return cache;
  job.Warn(fmt::format("{}: the encoded views are {} pixels long, the field's {}; their depth is rendered instead",
                       folder.string(), cache->options().size, contents.encode.size));
  return nullptr;
}

}  // namespace

struct FeatureField::Impl {
  Impl(const NerfModel& model, FieldContents read) : nerf(model), contents(std::move(read)) {}

  NerfModel nerf;
  FieldContents contents;
  std::vector<scene::View> views;
  std::unique_ptr<FeatureCache> cache;
  RecentlyUsed<SamFeatures> features{kMaxMapsInMemory};
  RecentlyUsed<nerf::RenderedView> renders{kMaxRendersInMemory};

  Camera WorkingCamera(int view_idx) const {
    return sanerf::feature_container::WorkingCamera(views.at(size_t(view_idx)), contents.encode.size);
  }
  bool IsCached(int view_idx) const { return cache != nullptr && cache->Has(view_idx); }
  std::shared_ptr<const nerf::RenderedView> Rendered(int view_idx, const Job& job) {
    return renders.Get(view_idx, [&] { return nerf.Render(WorkingCamera(view_idx), job); });
  }
};

FeatureField::FeatureField(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
FeatureField::~FeatureField() = default;

std::unique_ptr<FeatureField> FeatureField::Open(const std::filesystem::path& folder, const EncodeContext& context,
                                                 const Job& job) {
  auto impl = std::make_unique<Impl>(context.nerf, ReadFeatureField(folder));
  if (impl->contents.nerf_fingerprint != context.nerf.Fingerprint())
    throw Error(FeatureFieldPath(folder).string() + ": the feature field is out of date",
                "the radiance field has changed since", DistilHint(folder));
  if (const auto difference = OtherMaps(impl->contents, context))
    throw Error(FeatureFieldPath(folder).string() + ": the feature field is not the one that is wanted",
                difference->why, DistilHint(folder) + difference->settings);
  impl->views = context.scene.views;
  impl->cache = OpenCache(folder, context.scene, context.nerf, impl->contents, job);
  return std::unique_ptr<FeatureField>(new FeatureField(std::move(impl)));
}

SamFeatures FeatureField::RenderFeatures(const Camera& camera, const Job& job) const {
  const FieldContents& contents = impl_->contents;
  SamFeatures features{camera.width, camera.height, contents.means};
  const sam::SamFrame frame = contents.FrameOf(camera.width, camera.height);
  const Camera model_camera = camera.In(impl_->nerf.model_from_file());
  for (const auto& head : contents.heads) head->Render(impl_->nerf, frame, model_camera, &features.maps, job);
  return features;
}

Camera FeatureField::WorkingCamera(int view_idx) const { return impl_->WorkingCamera(view_idx); }
bool FeatureField::Has(int view_idx) const { return view_idx >= 0 && size_t(view_idx) < impl_->views.size(); }

std::shared_ptr<const SamFeatures> FeatureField::Features(int view_idx, const Job& job) const {
  return impl_->features.Get(view_idx, [&] { return RenderFeatures(WorkingCamera(view_idx), job); });
}

ImageF FeatureField::Depth(int view_idx, const Job& job) const {
  return impl_->IsCached(view_idx) ? impl_->cache->Depth(view_idx, job) : impl_->Rendered(view_idx, job)->depth;
}
ImageF FeatureField::Opacity(int view_idx, const Job& job) const {
  return impl_->IsCached(view_idx) ? impl_->cache->Opacity(view_idx, job) : impl_->Rendered(view_idx, job)->opacity;
}
ImageF FeatureField::Rgb(int view_idx, const Job& job) const {
  return impl_->IsCached(view_idx) ? impl_->cache->Rgb(view_idx, job) : impl_->Rendered(view_idx, job)->rgb;
}
uint64_t FeatureField::ModelFingerprint() const { return impl_->contents.model_fingerprint; }

}  // namespace sanerf::feature_container
