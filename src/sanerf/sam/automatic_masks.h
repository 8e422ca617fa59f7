// Everything in one view: SAM's automatic mask generator. Points on a grid are prompts, every candidate of every point
// is a mask, and those that are confident, stable and not there yet are kept. Nested masks (a part and the whole) may
// both be.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sanerf/core/bit_mask.h"
#include "sanerf/core/job.h"
#include "sanerf/sam/automatic_options.h"
#include "sanerf/sam/sam.h"

namespace sanerf::sam {

struct AutomaticMask {
  BitMask mask;
  SamPrompt::Box box;  // around it, pixels
  float predicted_iou = 0, stability = 0;
  int candidate = 0;  // of SAM's hypotheses
};

// Masks of sam's current image, which has width x height pixels, best rated first. on_point gets how many points of
// the grid are done. Throws InterruptedError.
std::vector<AutomaticMask> GenerateMasks(const Sam& sam, int width, int height, const AutomaticMaskOptions& options,
                                         const std::function<void(int)>& on_point, const Job& job);

}  // namespace sanerf::sam
