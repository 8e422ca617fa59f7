// Every view decoded again with what the others say. Not in the paper: SAM cannot tell a part from the whole in one
// view, many views together can.
#pragma once

#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/segmentation/refine/consensus.h"

namespace sanerf::segmentation {

struct RedecodeResult {
  double agreement = 0;  // mean over the used views, before the masks were chosen anew and after
  double agreement_before = 0;
  int num_changed = 0, num_dropped = 0, num_found = 0;
};

// In every view all of SAM's candidates, for the points and for the consensus as mask prompt and box, are compared with
// the consensus, and the one that agrees best is taken instead of the one with the highest predicted score. Views in
// which none agrees are dropped, views in which no point is visible may be found. consensus[i] belongs to
// decoded->views[i]. Throws InterruptedError.
RedecodeResult Redecode(const mask_decoder::ObjectPrompt& object, const mask_decoder::DecodeContext& context,
                        const std::vector<Consensus>& consensus, mask_decoder::DecodedObject* decoded, const Job& job);

}  // namespace sanerf::segmentation
