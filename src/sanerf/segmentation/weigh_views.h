// How far each view of a session is to be trusted about each object (not in the paper): by how well the radiance field
// explains its photo around the object's mask.
#pragma once

#include <vector>

#include "sanerf/core/image.h"
#include "sanerf/core/job.h"
#include "sanerf/mask_aggregator/view_trust.h"
#include "sanerf/mask_decoder/decoded_object.h"
#include "sanerf/segmentation/segmentation_input.h"

namespace sanerf::segmentation {

// By view of the input. The field is rendered at the resolution of the vote in the box around each mask, grown by half
// of it on every side, and compared with what was encoded there (mask_aggregator::UnexplainedShare); power:
// TrustFromShares. ignored: by view, of the masks' size or empty; those pixels are not compared. Renders about as many
// rays as the vote traces, or fewer, once per set of masks. Throws InterruptedError.
std::vector<mask_aggregator::ViewTrust> WeighViews(const SegmentationInput& input,
                                                   const mask_decoder::ObjectMasks& objects,
                                                   const std::vector<ImageU8>& ignored, double power, const Job& job);

}  // namespace sanerf::segmentation
