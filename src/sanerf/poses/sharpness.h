// How sharp a picture is, and how far it has moved since another one: what frames are chosen by.
#pragma once

#include <vector>

#include "sanerf/core/image.h"

namespace sanerf::poses {

// Brightness, 0 to 255, of a picture of 1 to 4 channels; alpha is passed over.
ImageU8 GrayOf(const ImageU8& picture);

// Variance of the Laplacian (4 neighbors; Pech-Pacheco et al. 2000) of a gray picture. Grows with sharpness, contrast
// and detail alike: it compares pictures of one size that show nearly the same. 0 below 3 pixels a side.
double Sharpness(const ImageU8& gray);

// Blurred: those whose sharpness is below a quarter of the median around them, of up to `reach` on either side. All
// of one order; infinite reach for photos without any.
std::vector<bool> AreBlurred(const std::vector<double>& sharpness, int reach);

struct Motion {
  double share = 0;    // median displacement of what was found again, as a share of the longer side
  double matched = 0;  // share of the patches with detail that were found again; 0 when there are none
};
// Block matching between two gray pictures of one size, a thumbnail's: both are small, since every place is tried.
// Brightness that changes as a whole does not count.
Motion MotionBetween(const ImageU8& before, const ImageU8& after);

inline constexpr int kThumbnail = 96;   // pixels of the longer side for MotionBetween
inline constexpr int kLookSize = 1024;  // pixels of the longer side for Sharpness

// Shrunk so that the longer side is `longest`; smaller ones stay.
ImageU8 ShrunkTo(const ImageU8& picture, int longest);

}  // namespace sanerf::poses
