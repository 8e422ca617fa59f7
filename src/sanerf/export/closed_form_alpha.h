// How much of each pixel along an outline is the object: closed-form matting.
#pragma once

#include <functional>
#include <string>

#include "sanerf/core/image.h"
#include "sanerf/core/job.h"

namespace sanerf::exports {

// What holds alpha to the coverage, and what lets it go. docs/studies/soft_cutouts.md has the sensitivity.
struct CoveragePrior {
  double weight = 10;   // where colors say nothing; the Laplacian's diagonal is about 9
  double noise = 1e-4;  // variance of colors that says nothing: 1 % of the range
};

// Called with each part of the work that begins, and in long parts with how far it is.
using OnPart = std::function<void(const std::string& part)>;

// Pixels to either side of an outline in which it is looked for: a cell of SAM's masks, to which it is known.
int BandRadius(const ImageF& image);

// rgb: 3 channels; coverage: 1 channel, [0, 1], of the same size. Within the band alpha is the closed-form matte
// (Levin, Lischinski, Weiss: A Closed-Form Solution to Natural Image Matting, TPAMI 2008) with the coverage as a prior,
// the stronger the less colors vary around a pixel; elsewhere it is the coverage. Not parallel inside. Throws
// InterruptedError.
ImageF ClosedFormAlpha(const ImageF& rgb, const ImageF& coverage, const CoveragePrior& prior, const OnPart& on_part,
                       const Job& job);

}  // namespace sanerf::exports
