// An object that was found without a click, treated like one that was asked for: points on it in 3D, and a mask in
// every view.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/mask_decoder/mask_decoder.h"
#include "sanerf/segmentation/automatic/associate_masks.h"

namespace sanerf::segmentation {

struct PointChoice {
  int count = 0;                           // of points, at most
  mask_decoder::DepthTolerance tolerance;  // of a view that sees one
};
// A prompt, without a name, of positive points in 3D that are spread over what the object's masks show. A point stands
// only when the object's masks in the other views that see it hold it too. Fewer than choice.count, down to none, for
// something very thin.
mask_decoder::ObjectPrompt PromptOf(const FoundObject& object, const std::vector<FoundMask>& masks,
                                    const feature_container::FeatureContainer& container, const PointChoice& choice,
                                    const Job& job);

// The object's own ones.
std::vector<const FoundMask*> MasksOf(const FoundObject& object, const std::vector<FoundMask>& masks);

struct ViewsOfFound {
  const std::vector<int>& views;      // to have a mask in
  std::vector<const FoundMask*> own;  // where the object was found (MasksOf)
  std::function<void()> on_view;      // called after each view
};
// Its own masks in the views where the object was found; in the others SAM's for the prompt's points that are visible
// there. Errors as DecodeMasks.
mask_decoder::DecodedObject DecodeFound(const mask_decoder::ObjectPrompt& prompt, const ViewsOfFound& where,
                                        const mask_decoder::DecodeContext& context, const Job& job);

}  // namespace sanerf::segmentation
