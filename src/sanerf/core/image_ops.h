// Small image operations. Pixel (x, y) covers [x, x+1) x [y, y+1); resizing keeps that frame (no half-pixel shift).
#pragma once

#include "sanerf/core/image.h"

namespace sanerf {

ImageF ToFloat(const ImageU8& image);  // v / 255
ImageU8 ToU8(const ImageF& image);     // round(clamp(v) * 255)

// Bilinear with a support that grows when shrinking (antialiased), as PIL's BILINEAR.
ImageF Resize(const ImageF& image, int width, int height);
ImageU8 Resize(const ImageU8& image, int width, int height);
ImageU8 ResizeNearest(const ImageU8& image, int width, int height);  // for label images

// Gives every 4-connected region of at most max_pixels equal pixels to what surrounds it: islands of non-zero pixels
// become 0 first, then holes of 0 become 255. A mask without larger islands keeps its largest.
void RemoveSpecks(int64_t max_pixels, ImageU8* mask);

// RGBA (or gray, gray + alpha) to RGB over a constant background; plain RGB is returned unchanged.
ImageF CompositeOver(const ImageF& image, const float background[3]);
ImageF Channel(const ImageF& image, int channel);       // one of them
ImageU8 MaskOfLabel(const ImageU8& labels, int label);  // 255 where labels == label
// A color that was multiplied by its alpha, which is not 0, as it was before.
inline uint8_t WithoutAlpha(uint32_t color, uint32_t alpha) {
  const uint32_t undone = (color * 255 + alpha / 2) / alpha;
  return uint8_t(undone < 255 ? undone : 255);
}
ImageU8 ToRgb(const ImageU8& image);  // 1, 2, 3 or 4 channels to 3, alpha dropped

// The 2nd and 98th percentile of the depths that are neither 0 nor non-finite.
struct DepthRange {
  float near = 0, far = 0;  // far = 0: there is no depth
};
DepthRange DepthRangeOf(const ImageF& depth);
// Depth to color: near = warm; 0 or non-finite = black.
ImageU8 ColorizeDepth(const ImageF& depth, const DepthRange& range);
inline ImageU8 ColorizeDepth(const ImageF& depth) { return ColorizeDepth(depth, DepthRangeOf(depth)); }

}  // namespace sanerf
