// Soft outlines of cut-outs: how much of a pixel is the object (hair, fur, a pixel that the outline runs through), and
// what color the object has there without what is behind it.
#pragma once

#include "sanerf/core/image.h"
#include "sanerf/core/job.h"
#include "sanerf/export/closed_form_alpha.h"

namespace sanerf::exports {

struct Matte {
  ImageF alpha;  // [0, 1]
  // 3 channels, black where alpha is 0; the picture is alpha x foreground + (1 - alpha) x background.
  ImageF foreground;
};

// rgb: 3 channels; coverage: share of each pixel that the object covers as far as its labels say, [0, 1].
// The alpha is ClosedFormAlpha's: where colors do not tell the object from what is behind it, the coverage stays. The
// foreground is estimated from window means (Forte: Approximate Fast Foreground Colour Estimation, ICIP 2021). Not
// parallel inside. Throws InterruptedError.
Matte MatteOf(
    const ImageF& rgb, const ImageF& coverage, const Job& job, const OnPart& on_part = [](const std::string&) {},
    const CoveragePrior& prior = {});

}  // namespace sanerf::exports
