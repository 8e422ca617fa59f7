// Mask decoder (paper 3.2): prompts lifted to 3D (Eq. 6), projected into every view, the visible ones decoded by SAM.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sanerf/core/error.h"
#include "sanerf/core/job.h"
#include "sanerf/feature_container/feature_container.h"
#include "sanerf/mask_decoder/decode_context.h"
#include "sanerf/mask_decoder/decoded_object.h"
#include "sanerf/mask_decoder/prompts.h"

namespace sanerf::mask_decoder {

// What was prompted has no mask in any of the views. Others may see it, or other prompts say it better.
class NoMaskError : public Error {
 public:
  using Error::Error;
};

// One mask per view of view_idxs.
//
// A view is decoded when enough points are visible (k), among them a positive one. k is object.min_visible; when that
// is 0, a quarter of the positive ones: what most cameras still see of points on one side or all around an object. A
// click keeps its exact pixel in its own view. A box prompts SAM in its own view only; other views get points from
// inside its mask when the object has no positive point, or when seed_points asks for them.
//
// Throws NoMaskError when no view is left, with the reasons counted; Error when `sam` is not the model the container
// was encoded with; UsageError for options or boxes that make no sense; InterruptedError.
//
// previous: the object's masks of an earlier round (null = none); SAM is shown them beside the prompts, so that a
// further click corrects the mask instead of starting over.
DecodedObject DecodeMasks(const ObjectPrompt& object, const DecodeContext& context, const std::vector<int>& view_idxs,
                          const DecodedObject* previous, const Job& job);

// The same of further views: they join decoded->views with the decisions that DecodeMasks would have made of them
// beside those that are there. No previous masks; that no view gives a mask is no error.
void DecodeFurther(const ObjectPrompt& object, const DecodeContext& context, const std::vector<int>& view_idxs,
                   DecodedObject* decoded, const Job& job);

// Where each view sees the points: decisions without a mask, their points in the order of `points`. Costs no decoding.
std::vector<ViewDecision> FindPoints(const ObjectPrompt& object, const std::vector<LiftedPoint>& points,
                                     const DecodeContext& context, const std::vector<int>& view_idxs, const Job& job);

}  // namespace sanerf::mask_decoder
