#include "sanerf/nerf/held_out_photo.h"

#include <algorithm>
#include <cmath>

#include "sanerf/core/image_ops.h"
#include "sanerf/scene/ignored_pixels.h"

namespace sanerf::nerf {

ImageF PhotoAt(const scene::View& view, const Camera& camera) {
  const float white[3] = {1, 1, 1};
  return CompositeOver(scene::LoadViewImage(view, camera.width, camera.height), white);
}

HeldOutPhoto::HeldOutPhoto(const scene::View& view, const Camera& camera)
    : photo(PhotoAt(view, camera)), ignored(scene::LoadIgnoredPixels(view, camera.width, camera.height)) {}

void HeldOutPhoto::Ignore(const ImageU8& more) {
  if (ignored.empty()) ignored = ImageU8(photo.width, photo.height, 1);
  for (size_t p = 0; p < more.data.size(); ++p) ignored.data[p] = std::max(ignored.data[p], more.data[p]);
}

void SquaredErrors::Add(const ImageF& picture, const HeldOutPhoto& truth) {
  for (size_t i = 0; i < truth.photo.data.size(); ++i)
    if (truth.Counts(i)) Add(picture.data[i], truth.photo.data[i]);
}

double SquaredErrors::Psnr() const {
  return -10 * std::log10(std::max(1e-10, sum_ / double(std::max<int64_t>(1, count_))));
}

}  // namespace sanerf::nerf
