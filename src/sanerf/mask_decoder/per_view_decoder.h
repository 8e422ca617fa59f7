// An object in each view by itself: SAM prompted with the points that the view sees, no view knows of another. What
// "SAM per view" means in every table and picture.
#pragma once

#include <map>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/mask_decoder/decode_context.h"
#include "sanerf/mask_decoder/view_decider.h"

namespace sanerf::mask_decoder {

// The prompts lifted to 3D. Where that gives no positive point, or options.seed_points asks for more, points from
// inside the masks of the prompted views join them, as the mask decoder takes them.
std::vector<LiftedPoint> PointsOnObject(const ObjectPrompt& object, const DecodeContext& context, const Job& job);

class PerViewDecoder {
 public:
  // context.container holds the views that are asked for and those that the prompts name (PromptedViews). What context
  // refers to must outlive this. Throws as DecodeMasks does.
  PerViewDecoder(const ObjectPrompt& object, const DecodeContext& context, const Job& job);

  const std::vector<LiftedPoint>& points() const { return points_; }
  // The mask, at the working camera, wherever one positive point is visible (or a box was drawn), else empty; and
  // whether the mask decoder would use it.
  ViewDecision Decide(int view_idx, const Job& job) const;
  // SAM's mask as it is, by view; views without one are absent.
  std::map<int, ImageU8> MasksFor(const std::vector<int>& views, const Job& job) const;

 private:
  ViewDecider decider_;
  std::vector<LiftedPoint> points_;
};

}  // namespace sanerf::mask_decoder
