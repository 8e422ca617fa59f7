// Feature container (paper 3.1): encoder maps of views, computed once, stored on disk in half precision.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/core/option_values.h"
#include "sanerf/nerf/model.h"
#include "sanerf/sam/sam.h"
#include "sanerf/scene/scene.h"

namespace sanerf {

struct EncodeOptions {
  std::string model = "sam2-hiera-tiny";
  std::string source = "photo";     // "photo": the photos; "render": views rendered by the radiance field (paper)
  int size = 512;                   // longest side of the encoded view
  std::string container = "cache";  // "cache": maps of every view on disk; "field": distilled into one feature field

  template <class V>
  void Visit(V&& v) {
    v("model", model, "SAM model", Text("a name of the catalogue (sanerf models list) or a path"));
    v("source", source,
      "what is encoded: the photos, or what the radiance field renders of their views, as in the paper",
      OneOf("photo", "render"));
    v("size", size, "longest side of the encoded view in pixels", Range(64, 4096));
    v("container", container, "how features are kept: every view's maps on disk, or one distilled feature field",
      OneOf("cache", "field"));
  }
};

// The camera whose pixels prompts and masks of a view refer to: the photo's own, distortion included, its longest side
// at most `size`. One pixel of it is exactly a block of photo pixels, so coordinates scale by the ratio of the widths.
Camera WorkingCamera(const View& view, int size);

class FeatureContainer {
 public:
  virtual ~FeatureContainer() = default;
  virtual Camera WorkingCamera(int view_idx) const = 0;
  virtual bool Has(int view_idx) const = 0;
  // The following throw Error when the view is absent; they may be called from several threads.
  virtual std::shared_ptr<const SamFeatures> Features(int view_idx, const Job& job) const = 0;
  virtual ImageF Depth(int view_idx,
                       const Job& job) const = 0;  // z-depth, file units, at the working camera; 0 = nothing there
  virtual ImageF Opacity(int view_idx, const Job& job) const = 0;  // 0..1, at the working camera
  virtual ImageF Rgb(int view_idx, const Job& job) const = 0;      // what was encoded
  // Of the model whose maps these are: a decoder of another model must not read them.
  virtual uint64_t ModelFingerprint() const = 0;
};

// RUN/features/: index.json (model, source, size, fingerprints, views) and per view one .feat file (maps in half
// precision, depth in single, opacity) and one PNG (what was encoded). A container whose fingerprints do not match
// model, NeRF, cameras or options is stale and is rebuilt by EncodeViews.
class FeatureCache : public FeatureContainer {
 public:
  // Opens an existing cache; views are read when they are asked for, the last few are kept in memory.
  // Throws Error when there is none or when it is stale (says what changed and the command).
  static std::unique_ptr<FeatureCache> Open(const std::filesystem::path& folder, const Scene& scene,
                                            const NerfModel& nerf);
  static std::unique_ptr<FeatureCache> Open(const std::filesystem::path& folder, const Scene& scene,
                                            uint64_t nerf_fingerprint);
  ~FeatureCache() override;

  const EncodeOptions& options() const;
  Camera WorkingCamera(int view_idx) const override;
  bool Has(int view_idx) const override;
  std::shared_ptr<const SamFeatures> Features(int view_idx, const Job& job) const override;
  ImageF Depth(int view_idx, const Job& job) const override;
  ImageF Opacity(int view_idx, const Job& job) const override;
  ImageF Rgb(int view_idx, const Job& job) const override;
  uint64_t ModelFingerprint() const override;

 private:
  struct Impl;
  explicit FeatureCache(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// What encoding needs of a radiance field: how it looks, and a number that changes when it does.
struct RadianceSource {
  uint64_t fingerprint = 0;
  std::function<RenderedView(const Camera&, const Job&)> render;  // camera: file frame
};

// Encodes the views that are not in the cache yet. Says how much disk that takes before it takes it;
// interruptible between views (InterruptedError; the next call continues). Throws UsageError for options out of range,
// Error for a full disk or an encoder that returns values that are not finite.
void EncodeViews(const std::filesystem::path& folder, const Scene& scene, const NerfModel& nerf, const Sam& sam,
                 const std::vector<int>& view_idxs, const EncodeOptions& options, const Job& job);
void EncodeViews(const std::filesystem::path& folder, const Scene& scene, const RadianceSource& field, const Sam& sam,
                 const std::vector<int>& view_idxs, const EncodeOptions& options, const Job& job);

}  // namespace sanerf
