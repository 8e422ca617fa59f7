// A photo to compare pictures of a field with, at a small size: a sign of life, not a result.
#pragma once

#include <cstdint>

#include "sanerf/core/camera.h"
#include "sanerf/core/image.h"
#include "sanerf/scene/scene.h"

namespace sanerf::nerf {

// The photo over white, at the camera's size.
ImageF PhotoAt(const scene::View& view, const Camera& camera);

struct HeldOutPhoto {
  // camera: the view's, resized. Throws Error for a photo or mask that cannot be read.
  HeldOutPhoto(const scene::View& view, const Camera& camera);
  void Ignore(const ImageU8& more);  // 255 there, at the camera's size
  bool Counts(size_t i) const { return ignored.empty() || ignored.data[i / 3] == 0; }  // i: of the photo's values

  ImageF photo;
  ImageU8 ignored;  // see scene/ignored_pixels.h
};

class SquaredErrors {
 public:
  void Add(const ImageF& picture, const HeldOutPhoto& truth);
  void Add(double value, double truth) {
    sum_ += (value - truth) * (value - truth);
    ++count_;
  }
  double Psnr() const;  // dB, at most 100

 private:
  double sum_ = 0;
  int64_t count_ = 0;
};

}  // namespace sanerf::nerf
