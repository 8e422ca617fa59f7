// ISRF (Goel et al., CVPR 2023): 2D features lifted to voxels; what looks like the places under the user's strokes is
// selected in 3D and grown. SAM's masks of the views with strokes stand for the eye of the user, who paints on the
// object and turns the knobs until the picture is right; no voxel is selected from a mask.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sanerf/baselines/isrf/feature_grid.h"
#include "sanerf/baselines/isrf/select_region.h"
#include "sanerf/baselines/isrf/strokes.h"
#include "sanerf/baselines/options.h"
#include "sanerf/core/job.h"
#include "sanerf/mask_decoder/mask_decoder.h"
#include "sanerf/segmentation/segmentation_input.h"
#include "sanerf/segmentation/segmenter.h"

namespace sanerf::baselines {

// Bytes of the lifted features. channels: of the maps before they are reduced; side: patches along theirs;
// cells_per_axis: of the whole grid.
double IsrfBytes(const IsrfOptions& options, size_t num_views, int channels, int side, int cells_per_axis);

class Isrf : public segmentation::Segmenter {
 public:
  // masks: of the strokes' views, and what counts as visible in them.
  Isrf(segmentation::SegmentationInput input, const IsrfOptions& options, const mask_decoder::MaskDecoderOptions& masks,
       uint64_t seed)
      : input_(std::move(input)), options_(options), masks_(masks), seed_(seed) {}

  // Lifts the features (the first time only) and selects every object's voxels. An object without a positive point
  // takes those that the mask decoder draws from the mask of its box. Throws UsageError for prompts and options that
  // make no sense, Error for prompts that no training view sees and for a feature model that does not fit.
  void Fit(const mask_decoder::Prompts& prompts, const Job& job) override;
  // A pixel is the object's when more than half of a ray's light comes from selected voxels. (The authors render the
  // selected voxels alone and take every pixel that is not exactly background: objects would shine through what hides
  // them.)
  std::vector<ImageU8> MasksFor(int view_idx, const Job& job) override;

  std::string Remarks() const override { return "features of " + feature_name_; }

 private:
  void LiftFeaturesOnce(const Job& job);
  // What is rendered under the strokes.
  std::vector<float> FeaturesUnder(const std::vector<Stroke>& strokes, const Job& job) const;
  Picture PictureOf(const std::map<int, ImageU8>& masks, const Job& job) const;

  segmentation::SegmentationInput input_;
  IsrfOptions options_;
  mask_decoder::MaskDecoderOptions masks_;
  uint64_t seed_;
  std::string feature_name_;
  std::unique_ptr<FeatureGrid> grid_;
  std::vector<float> voxel_features_;  // [cell][channel]
  std::vector<VoxelMask> regions_;     // of the objects
};

}  // namespace sanerf::baselines
