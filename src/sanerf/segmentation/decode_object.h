// An object's masks of what its prompts say now: from nothing, as a correction of those it has, or in a few views
// first. An object that has them already is left alone.
#pragma once

#include <memory>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/mask_decoder/mask_decoder.h"
#include "sanerf/segmentation/edited_object.h"

namespace sanerf::segmentation {

struct ViewsToDecode {
  const std::vector<int>& views;     // the result has a decision for each of these, in this order
  const std::vector<int>& prompted;  // those of them in which SAM may be prompted; in others masks stay
  // More than 0: a quick answer, from so many of them at the most.
  int max_views = 0;

  bool is_quick() const { return max_views > 0; }
};

// Whether prompts have changed since the object's masks were made. A quick answer is given once.
bool NeedsDecoding(const EditedObject& object, const ViewsToDecode& where);

struct DecodedMasks {
  std::shared_ptr<const mask_decoder::DecodedObject> masks;
  MaskState state = MaskState::kNone;
};

// By the state of the masks there are:
//
//   outgrown, partial  a correction: SAM is shown them beside the prompts. They stay in views that are not
//                      prompted, but where such a view sees a new prompt its mask has no say. Quickly: only views
//                      that see what the masks did not know are decoded again, those that the new prompts were
//                      given in and at most max_views others (kPartial).
//   first              the rest of them: together what decoding from nothing gives. Views that were not encoded
//                      then are decoded where they are now.
//   none, withdrawn    from nothing. Quickly: in at most max_views views that see the object best and from the
//                      most different sides; the others are not decided yet (kFirst).
//
// Views that the user has dropped are not prompted, and his choices stand above what is decided. Throws what
// DecodeMasks throws, and Error where he has left no view.
DecodedMasks DecodeObject(const EditedObject& object, const ViewsToDecode& where,
                          const mask_decoder::DecodeContext& context, const Job& job);

// The decisions in the order of `views`; where there is none the view was not among those to segment.
std::vector<mask_decoder::ViewDecision> InOrderOf(const std::vector<int>& views,
                                                  std::vector<mask_decoder::ViewDecision> decisions,
                                                  const scene::Scene& scene);

}  // namespace sanerf::segmentation
