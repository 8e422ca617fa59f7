#include "sanerf/viewer/pictures/photos.h"

#include "sanerf/core/image_ops.h"
#include "sanerf/core/job.h"
#include "sanerf/core/jpeg_codec.h"

namespace sanerf::viewer {
namespace {

constexpr size_t kKeptThumbnails = 400;
constexpr int kThumbnailSize = 512;

}  // namespace

std::optional<std::string> Photos::Kept(const Key& key) {
  const std::lock_guard lock(mutex_);
  const auto found = kept_.find(key);
  return found == kept_.end() ? std::nullopt : std::optional(found->second);
}

std::string Photos::Jpeg(int view, int size, StopToken stop) {
  const Key key(view, size);
  if (std::optional<std::string> known = Kept(key)) return *known;
  // One at a time: a page asks for all at once, and a photo of 24 megapixels takes 400 MB while it is decoded.
  const std::lock_guard decoding(decoding_);
  Job().With(stop).ThrowIfStopped("the photo");
  if (std::optional<std::string> known = Kept(key)) return *known;
  const scene::View& photo = scene_.views.at(size_t(view));
  const Camera camera = photo.camera.ResizedToLongest(size);
  const float white[3] = {1, 1, 1};
  std::string jpeg = EncodeJpeg(ToU8(CompositeOver(scene::LoadViewImage(photo, camera.width, camera.height), white)));
  const std::lock_guard lock(mutex_);
  if (size <= kThumbnailSize && kept_.size() < kKeptThumbnails) kept_[key] = jpeg;
  return jpeg;
}

}  // namespace sanerf::viewer
