// SA3D (Cen et al., NeurIPS 2023) on our radiance field: the mask of one view is rendered inversely into a grid of
// voxel scores; from view to view SAM is prompted with points from the rendered scores, and its masks refine them.
#pragma once

#include "sanerf/baselines/options.h"
#include "sanerf/baselines/sa3d/voxel_scores.h"
#include "sanerf/core/job.h"
#include "sanerf/mask_decoder/mask_decoder.h"
#include "sanerf/segmentation/segmentation_input.h"
#include "sanerf/segmentation/segmenter.h"

namespace sanerf::baselines {

class Sa3d : public segmentation::Segmenter {
 public:
  // mask_options: how the first view's mask is made from the prompts. Throws UsageError for options out of range or an
  // unknown first view.
  Sa3d(const segmentation::SegmentationInput& input, const Sa3dOptions& options,
       const mask_decoder::MaskDecoderOptions& mask_options);

  // Throws what DecodeMasks throws, Error when the first view that was asked for shows none of the object's points.
  void Fit(const mask_decoder::Prompts& prompts, const Job& job) override;
  std::vector<ImageU8> MasksFor(int view_idx, const Job& job) override;

  // Of object i after Fit.
  struct Course {
    int first_view = -1;
    int num_used = 0, num_rejected = 0, num_unprompted = 0;  // of the other views
  };
  const std::vector<Course>& courses() const { return courses_; }

 private:
  struct Start {
    int view_idx = -1;
    ImageU8 mask;
  };
  Start FirstMask(const mask_decoder::ObjectPrompt& object, const Job& job) const;
  void AddFirstViews(const std::vector<Start>& starts, const Job& job);
  void AddView(int view_idx, const std::vector<Start>& starts, const Job& job);
  // SAM's mask for points from the rendered scores; empty when there are none.
  ImageU8 SelfPromptedMask(const ImageF& scores, const ImageF& depth, sam::Sam& sam, const Job& job) const;

  segmentation::SegmentationInput input_;
  Sa3dOptions options_;
  mask_decoder::MaskDecoderOptions mask_options_;
  VoxelGrid grid_;
  std::vector<VoxelScores> scores_;  // of each object
  std::vector<Course> courses_;
};

// Whether a mask from SAM and the rendered scores are about the same thing: their IoU, the scores cut where they are
// positive and above their mean (sam3d.py:384).
double IouWithScores(const ImageU8& mask, const ImageF& scores);

}  // namespace sanerf::baselines
