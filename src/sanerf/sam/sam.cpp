#include "sanerf/sam/sam.h"

#include <algorithm>

#include "sanerf/core/check.h"

namespace sanerf::sam {

const SamMask& ChooseMask(const std::vector<SamMask>& candidates, MaskRule rule) {
  SANERF_CHECK(!candidates.empty());
  const bool want_single = rule == MaskRule::kSingleMask;
  const auto rank = [&](const SamMask& mask) {
    const bool wanted = (mask.candidate == 0) == want_single;
    return std::make_pair(wanted, mask.predicted_iou);
  };
  return *std::max_element(candidates.begin(), candidates.end(),
                           [&](const SamMask& a, const SamMask& b) { return rank(a) < rank(b); });
}

}  // namespace sanerf::sam
