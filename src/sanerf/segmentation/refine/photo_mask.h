// The mask of a photo itself, training photos included (not in the paper, which renders masks of new views): what the
// object field shows of the photo's view, corrected by what the photo and SAM's mask of it say where the field is not
// sure.
#pragma once

#include "sanerf/core/image.h"
#include "sanerf/core/job.h"
#include "sanerf/mask_aggregator/object_model.h"

namespace sanerf::segmentation {

// What is known of an object in a view besides the photo, at any resolution of the view's shape.
struct PhotoMaskEvidence {
  ImageF field;      // its probability as rendered, [0, 1]
  ImageU8 decoded;   // SAM's mask, 0 = outside; empty where the view has none that is used
  double trust = 0;  // in that mask, [0, 1]
};

// The probability of a label as evidence: more than a half where it wins against all others, less elsewhere.
ImageF FieldEvidence(const mask_aggregator::SegmentedView& rendered, int label);

// How far to trust a mask that agrees so well ([0, 1]) with the other views, or, where that is unknown (< 0), with what
// the field shows: 0 at an agreement of a half or less, 1 where nothing is disputed.
double TrustInDecoded(double agreement, const ImageF& field, const ImageU8& decoded);

// 0 or 255 per pixel of the photo (3 channels). Field and mask are each filtered along the photo's edges
// (core/guided_filter.h, with a radius of two of SAM's cells), so that both have an outline on an edge where there is
// one and say little about where it runs where there is none. Then their log odds are added:
//
//   log(p / (1 - p)) + trust x log(q / (1 - q)) > 0,   q = 0.1 ... 0.9
//
// so that the mask decides where the field wavers, and never against a field that is sure (p < 0.1, p > 0.9). Without a
// mask it is the filtered field. When less than half would be left of what the field shows, or as much again added, the
// object is too thin for its colors and the field is returned as it is.
//
// In tiles: takes little memory beside the photo. Tiles in which the field is sure cost nothing. Parallel inside.
// Throws InterruptedError.
ImageU8 PhotoMask(const ImageF& photo, const PhotoMaskEvidence& evidence, const Job& job);

// Bytes that the tiles of a photo take at the most, on so many threads, and the mask.
double PhotoMaskBytes(int width, int height, int num_threads);

}  // namespace sanerf::segmentation
