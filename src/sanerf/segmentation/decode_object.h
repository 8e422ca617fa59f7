// An object's masks made again after its prompts have changed: in all views, or only where views see what is new.
#pragma once

#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/mask_decoder/mask_decoder.h"

namespace sanerf::segmentation {

struct DecodeRequest {
  const mask_decoder::ObjectPrompt& object;
  const mask_decoder::DecodedObject* before = nullptr;  // masks that SAM is shown beside the prompts; null = none
  const std::vector<int>& views;                        // the result has a decision for each of these, in this order
  const std::vector<int>& prompted;  // those of them in which SAM may be prompted; in others masks stay
};

// The masks of `before` stay in views that are not prompted, but where such a view sees a new prompt its mask has no
// say. Throws what DecodeMasks throws.
mask_decoder::DecodedObject DecodeObject(const DecodeRequest& request, const mask_decoder::DecodeContext& context,
                                         const Job& job);

// The same, quickly: only views that see what `before` did not know are decoded again, those that the new prompts were
// given in and at most max_views others.
mask_decoder::DecodedObject CorrectObject(const DecodeRequest& request, int max_views,
                                          const mask_decoder::DecodeContext& context, const Job& job);

// Masks to begin with: only of at most max_views views that see the object best and from the most different sides; the
// others are not decided yet (kNotSelected). request.before is left alone.
mask_decoder::DecodedObject FirstMasks(const DecodeRequest& request, int max_views,
                                       const mask_decoder::DecodeContext& context, const Job& job);

// The rest of those masks, which are request.before: together the same that DecodeObject makes of nothing. Views that
// were not encoded then are decoded where they are now.
mask_decoder::DecodedObject CompleteMasks(const DecodeRequest& request, const mask_decoder::DecodeContext& context,
                                          const Job& job);

// The decisions in the order of `views`; where there is none the view was not among those to segment.
std::vector<mask_decoder::ViewDecision> InOrderOf(const std::vector<int>& views,
                                                  std::vector<mask_decoder::ViewDecision> decisions,
                                                  const scene::Scene& scene);

}  // namespace sanerf::segmentation
