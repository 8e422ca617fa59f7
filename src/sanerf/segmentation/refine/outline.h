// Outlines along the edges of the picture: a step that the paper does not have. SAM's masks come from a grid of 256
// cells per side, and their outlines are off by up to a cell, always outwards on some things. Where colors differ, the
// picture knows better.
#pragma once

#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/feature_container/feature_container.h"
#include "sanerf/mask_decoder/mask_decoder.h"

namespace sanerf::segmentation {

// mask: 0/255; rgb: what SAM saw, of the same size. The mask filtered along the picture's edges (core/guided_filter.h)
// with a radius of two of SAM's cells; pixels further than four from it stay background. A mask of which less than half
// would be left, or as much again added, is returned as it is: too thin for its colors to differ from what is around.
// Throws InterruptedError.
ImageU8 SharpOutline(const ImageU8& mask, const ImageF& rgb, const Job& job);

// The same for the masks of all used views of the objects that are not sharp yet. Parallel inside. Throws
// InterruptedError.
void SharpenOutlines(const feature_container::FeatureContainer& container,
                     std::vector<mask_decoder::DecodedObject>* objects, const Job& job);

}  // namespace sanerf::segmentation
