// Feature container (paper 3.1): the encoder's maps of views, and the depth that prompts are lifted with. Kept on disk
// (feature_cache.h) or distilled into a field (feature_field.h).
#pragma once

#include <memory>
#include <string>

#include "sanerf/core/job.h"
#include "sanerf/core/option_values.h"
#include "sanerf/sam/sam.h"
#include "sanerf/scene/scene.h"

namespace sanerf::feature_container {

enum class EncodedPicture {
  kPhoto,
  kRender,  // the view as the radiance field shows it (paper, section B)
};
enum class FeatureStore {
  kCache,  // maps of every view on disk
  kField,  // distilled into one feature field
};

struct EncodeOptions {
  std::string model = "sam2-hiera-tiny";
  EncodedPicture source = EncodedPicture::kPhoto;
  int size = 512;  // longest side of the encoded view
  FeatureStore container = FeatureStore::kCache;

  template <class V>
  void Visit(V&& v) {
    v("model", model, "SAM model", Text("a name of the catalogue (sanerf models list) or a path"));
    v("source", source,
      "what is encoded: the photos, or what the radiance field renders of their views, as in the paper",
      OneOf(Choice{"photo", EncodedPicture::kPhoto}, Choice{"render", EncodedPicture::kRender}));
    v("size", size, "longest side of the encoded view in pixels", Range(64, 4096));
    v("container", container, "how features are kept: every view's maps on disk, or one distilled feature field",
      OneOf(Choice{"cache", FeatureStore::kCache}, Choice{"field", FeatureStore::kField}));
  }
};

const char* NameOf(EncodedPicture picture);  // "photo", "render"

// The camera whose pixels prompts and masks of a view refer to: the photo's own, distortion included, its longest side
// at most `size`. One pixel of it is exactly a block of photo pixels, so coordinates scale by the ratio of the widths.
Camera WorkingCamera(const scene::View& view, int size);

class FeatureContainer {
 public:
  virtual ~FeatureContainer() = default;
  virtual Camera WorkingCamera(int view_idx) const = 0;
  virtual bool Has(int view_idx) const = 0;
  // The following throw Error when the view is absent; they may be called from several threads.
  virtual std::shared_ptr<const sam::SamFeatures> Features(int view_idx, const Job& job) const = 0;
  // z-depth, file units, at the working camera; 0 = nothing there.
  virtual ImageF Depth(int view_idx, const Job& job) const = 0;
  virtual ImageF Opacity(int view_idx, const Job& job) const = 0;  // 0..1, at the working camera
  virtual ImageF Rgb(int view_idx, const Job& job) const = 0;      // what was encoded
  // Of the model whose maps these are: a decoder of another model must not read them.
  virtual uint64_t ModelFingerprint() const = 0;
};

}  // namespace sanerf::feature_container
