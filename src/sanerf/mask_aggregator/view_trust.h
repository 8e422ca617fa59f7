// How far the views are to be trusted: a view that the radiance field does not explain around an object, because its
// pose is wrong or something moved, puts its mask's pixels on the wrong cells of space, however good the mask is.
#pragma once

#include <span>
#include <vector>

#include "sanerf/core/image.h"
#include "sanerf/core/pixel_window.h"

namespace sanerf::mask_aggregator {

// Of one view: what the votes of its pixels and their terms of the loss are multiplied by.
struct ViewTrust {
  // Around an object's mask, in pixels of an image of this size; several may overlap.
  struct Place {
    PixelWindow window;
    float weight = 1;
  };
  int width = 0, height = 0;
  std::vector<Place> places;

  // At a position in pixels of the view at another size: the least of the places it lies in. Outside of all of them
  // their mean, which is all that is known there; 1 for a view without any.
  float At(double x, double y, int of_width, int of_height) const;
};

// The share of a photo's contrast that a rendering does not explain, about [0, 1]: sum |photo - fit| / sum |photo -
// mean|, each channel of the rendering fitted by a gain and an offset (least squares), so that other light is no error.
// Absolute differences, so that a passer-by in a corner is not all that counts. Both have three channels; pixels where
// `counts` (of as many pixels; empty = all of them) is 0 are left out. -1 when there is no contrast to explain.
double UnexplainedShare(const ImageF& photo, const ImageF& rendered, std::span<const uint8_t> counts = {});

// What views with these unexplained shares count for an object: (median / share) ^ power, 1 at the most. A view that is
// explained as well as most keeps its weight whatever the scene is like; power 2: twice as much unexplained is a
// quarter of the weight. Shares below 0 are unknown: 1.
std::vector<float> TrustFromShares(const std::vector<double>& shares, double power);

}  // namespace sanerf::mask_aggregator
