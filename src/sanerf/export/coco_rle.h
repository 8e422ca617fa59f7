// Masks as COCO's tools keep them: lengths of runs down the columns, as text.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sanerf/core/image.h"

namespace sanerf::exports {

// Lengths of runs of equal pixels, column by column from the left and downwards; the first is one of 0 and may be
// empty. mask: 0 or not.
std::vector<uint32_t> RunsOf(const ImageU8& mask);

// COCO's compressed text of them, as pycocotools reads it: from the fourth on each run as the difference to the last
// but one, in groups of five bits from the lowest on, a sixth bit where more follow, 48 added to make a letter of it.
std::string TextOfRuns(const std::vector<uint32_t>& runs);

// Left, top, width and height of what is not 0, as `bbox` has them; all 0 of an empty mask.
struct CocoBox {
  int x = 0, y = 0, width = 0, height = 0;
};
CocoBox CocoBoxOf(const ImageU8& mask);

}  // namespace sanerf::exports
