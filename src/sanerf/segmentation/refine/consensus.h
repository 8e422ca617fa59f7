// What all views say together about an object, and how well a mask agrees with it. Not in the paper, which takes every
// view's mask as it comes.
#pragma once

#include <vector>

#include "sanerf/mask_decoder/mask_decoder.h"

namespace sanerf::segmentation {

// What the other views say about an object in one view: over the view's whole image, at any resolution.
struct Consensus {
  ImageF probability;  // of the object, [0, 1]
  ImageF known;        // share of the pixel's light that comes from places that other views have labeled
};

// Of the object in the consensus, its pixels; less says nothing about an outline.
inline constexpr double kMinConsensusArea = 8;
// Pixels of the object in the consensus.
double AreaOf(const Consensus& consensus);
// Whether the others say enough about the view to be compared with.
bool IsKnown(const Consensus& consensus);

// The soft IoU sum min(m, p) / sum max(m, p); pixels that no other view knows do not count. share: of each pixel of the
// consensus that the mask covers.
double Agreement(const ImageF& share, const Consensus& consensus);
double Agreement(const ImageU8& mask, const Consensus& consensus);  // 0/255, any size

// Mean agreement of the used views. A view that the others do not know does not count. consensus[i] belongs to
// views[i].
double MeanAgreement(const std::vector<mask_decoder::ViewDecision>& views, const std::vector<Consensus>& consensus);
// How well masks fit each other and the prompts: mean over the used views of the agreement with the others times the
// share of the visible points that the mask is right about.
double Coherence(const mask_decoder::DecodedObject& decoded, const std::vector<Consensus>& consensus);

}  // namespace sanerf::segmentation
