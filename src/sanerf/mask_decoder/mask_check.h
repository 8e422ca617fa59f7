// Whether SAM's mask can be the one of what was prompted.
#pragma once

#include <cstdint>
#include <optional>

#include "sanerf/core/image.h"
#include "sanerf/mask_decoder/decoded_object.h"
#include "sanerf/sam/sam.h"

namespace sanerf::mask_decoder {

int64_t CountNonZero(const ImageU8& mask);
// On the mask, or next to it (it comes from a lower resolution), lies a visible positive point.
bool CoversAPositivePoint(const ImageU8& mask, const ViewDecision& decision);
// The share of the visible points that the mask is right about: positive ones on it or next to it, negative ones not
// deep inside. 1 when none is visible.
double KeptShare(const ImageU8& mask, const ViewDecision& decision);

// Whether decision.mask is used, or why not: it is empty, a speck, outside the box of the prompt or beside all visible
// positive points. Sets its area too.
void JudgeMask(const std::optional<sam::SamPrompt::Box>& box, ViewDecision& decision);

}  // namespace sanerf::mask_decoder
