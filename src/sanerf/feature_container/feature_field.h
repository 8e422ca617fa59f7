// The distilled feature field (paper 3.1, Eq. 2 and 3): renders the encoder's maps at any camera, encoding nothing.
#pragma once

#include "sanerf/core/job.h"
#include "sanerf/feature_container/encode_context.h"
#include "sanerf/feature_container/field_options.h"

namespace sanerf::feature_container {

class FeatureField : public FeatureContainer {
 public:
  // folder: RUN/features, with the field in field.ckpt. Throws Error when there is none, when it or the index of the
  // encoded views is damaged, when the radiance field has changed since, or when it holds maps of another model or of
  // other pictures than the context's (with the command). The radiance field is copied.
  static std::unique_ptr<FeatureField> Open(const std::filesystem::path& folder, const EncodeContext& context,
                                            const Job& job);
  ~FeatureField() override;

  // The encoder's maps at any camera (file frame); prompts and masks are in its pixels. Parallel inside.
  sam::SamFeatures RenderFeatures(const Camera& camera, const Job& job) const;

  // Of the scene's views, held-out ones included. Depth, opacity and color are those that encoding stored, else
  // rendered; a warning says when stored ones are out of date.
  Camera WorkingCamera(int view_idx) const override;
  bool Has(int view_idx) const override;
  std::shared_ptr<const sam::SamFeatures> Features(int view_idx, const Job& job) const override;
  ImageF Depth(int view_idx, const Job& job) const override;
  ImageF Opacity(int view_idx, const Job& job) const override;
  ImageF Rgb(int view_idx, const Job& job) const override;
  uint64_t ModelFingerprint() const override;

 private:
  struct Impl;
  explicit FeatureField(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace sanerf::feature_container
