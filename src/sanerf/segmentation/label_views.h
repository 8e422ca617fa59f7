// One label image per view from the 2D masks of several objects: the training data of a joint object field.
#pragma once

#include <functional>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/mask_aggregator/label_view.h"
#include "sanerf/mask_aggregator/label_vote.h"
#include "sanerf/mask_decoder/mask_decoder.h"

namespace sanerf::segmentation {

// Label images have one byte per pixel: objects are 1 to 254.
inline constexpr size_t kMostObjects = mask_aggregator::kIgnoreLabel - 1;
// Throws UsageError for more. To be asked before any view is encoded.
void CheckObjectCount(size_t num_objects);

// Masks of an earlier command lie beside new ones. Throws Error when one has not the size of its view's working camera.
void CheckMaskSizes(const mask_decoder::ObjectMasks& objects,
                    const std::function<Camera(int view_idx)>& working_camera);

struct LabeledViews {
  std::vector<mask_aggregator::LabelView> views;  // those in which at least one object has a mask
  std::vector<int> view_idxs;                     // of the scene, one per view
  int64_t overlap_pixels = 0;                     // claimed by more than one object: the higher predicted IoU has them
  int overlap_views = 0;
};

// decoded[i] has label i + 1. Not in the paper, which is silent about views without a mask: a view that says nothing
// about an object (too few of its points visible, …) must not teach that the object is background there: unclaimed
// pixels near the object's place are not supervised. Its place is a box around its masks, lifted with the depth of the
// views that have one.
LabeledViews BuildLabelViews(const mask_decoder::ObjectMasks& decoded,
                             const feature_container::FeatureContainer& container, const Job& job);

// The masks of one view alone; of its masks' size. Empty when no object has one there.
ImageU8 PaintLabelImage(const mask_decoder::ObjectMasks& decoded, int view_idx);

// The masks alone: what no object claims is background.
LabeledViews PaintLabelViews(const mask_decoder::ObjectMasks& decoded,
                             const feature_container::FeatureContainer& container);

// Where an object may be in a view that has no mask of it, so that the pixels there are not supervised.
enum class MissedPlace {
  kBox,   // a box around its place [neither is in the paper]
  kVoted  // where the votes of the other views put it: of many objects most views miss some, and boxes around all of
          // their places would leave no background
};

struct ViewsToLabel {
  const std::vector<int>& views;
  const feature_container::FeatureContainer& container;
  MissedPlace missed = MissedPlace::kBox;
  mask_aggregator::LabelVote* vote = nullptr;  // of these views, for kVoted, which replaces its votes
};
// One image per view: 0 = background, i + 1 = objects[i], kIgnoreLabel; empty where no object has a mask. Throws
// InterruptedError.
std::vector<ImageU8> LabelsByView(const mask_decoder::ObjectMasks& objects, const ViewsToLabel& where, const Job& job);

}  // namespace sanerf::segmentation
