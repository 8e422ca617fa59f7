// Views to the encoder's maps on disk, once each.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/feature_container/encode_context.h"

namespace sanerf::feature_container {

// What encoding needs of a radiance field: how it looks, and a number that changes when it does.
struct RadianceSource {
  uint64_t fingerprint = 0;
  std::function<nerf::RenderedView(const Camera&, const Job&)> render;  // camera: file frame
};

// For photos while their radiance field is not trained yet: maps without depth, under a fingerprint that no trained
// field has (0, also for FeatureCache::Open). Encoding with the field keeps those maps and adds depth, and the files
// are then those of an encoding after the training.
RadianceSource NoRadianceYet();

// EncodeContext with any radiance field. The references must outlive it.
struct EncodeSource {
  const scene::Scene& scene;
  const RadianceSource& radiance;
  const sam::Sam& sam;
  const EncodeOptions& options;
};

// Encodes the views that are not in the cache yet. Says how much disk that takes before it takes it; what is damaged or
// lost of the cache is a warning. Interruptible between views (InterruptedError; the next call continues). Throws
// UsageError for options out of range and for rendered views without a field, WriteError for a full disk, Error for an
// encoder that returns values that are not finite.
void EncodeViews(const std::filesystem::path& folder, const EncodeContext& context, const std::vector<int>& view_idxs,
                 const Job& job);
void EncodeViews(const std::filesystem::path& folder, const EncodeSource& source, const std::vector<int>& view_idxs,
                 const Job& job);
// Before EncodeViews: those of the views that lie encoded in another folder come into `folder` as they are, as links
// where the file system has them, unless the two hold maps of different models, fields or pictures. Whether they are
// whole and up to date EncodeViews looks at. An index that cannot be read is a warning.
void TakeEncodedViews(const std::filesystem::path& from, const std::filesystem::path& folder, const scene::Scene& scene,
                      const std::vector<int>& view_idxs, const Job& job);

}  // namespace sanerf::feature_container
