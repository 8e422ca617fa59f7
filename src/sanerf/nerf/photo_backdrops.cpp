#include "sanerf/nerf/photo_backdrops.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "sanerf/core/image_ops.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/phrases.h"
#include "sanerf/scene/choose_views.h"
#include "sanerf/scene/still_background.h"

namespace sanerf::nerf {
namespace {

constexpr int kPhotosToTell = 32;  // enough to know a turntable by, and looked at in a moment

// The photos of the most frequent size.
std::vector<int> OfOneSize(const std::vector<ImageU8>& images) {
  std::map<std::pair<int, int>, std::vector<int>> by_size;
  for (size_t i = 0; i < images.size(); ++i) by_size[{images[i].width, images[i].height}].push_back(int(i));
  std::vector<int> most;
  for (const auto& [size, photos] : by_size)
    if (photos.size() > most.size()) most = photos;
  return most;
}

scene::StillBackground StillIn(const std::vector<ImageU8>& images, const std::vector<Camera>& cameras,
                               const std::vector<int>& photos) {
  std::vector<scene::SmallPhoto> small(photos.size());
  ParallelFor(int64_t(photos.size()), [&](int64_t i) {
    const size_t photo = size_t(photos[size_t(i)]);
    const Camera camera = scene::SmallCamera(cameras[photo]);
    small[size_t(i)] = {scene::GrayOf(ToFloat(Resize(images[photo], camera.width, camera.height))), camera};
  });
  scene::StillBackground still = scene::FindStillBackground(small);
  for (std::vector<int>& stand : still.stands)
    for (int& photo : stand) photo = photos[size_t(photo)];
  return still;
}

}  // namespace

PhotoBackdrops::PhotoBackdrops(const std::vector<ImageU8>& images, const std::vector<Camera>& cameras,
                               Turntable turntable, const Job& job) {
  const std::vector<int> photos = OfOneSize(images);
  scene::StillBackground still = StillIn(images, cameras, scene::ThinnedViews(photos, kPhotosToTell));
  const std::string what = fmt::format(
      "a turntable: {:.0f} % of what the photos show stands still in the picture while the poses say that the camera "
      "moved",
      100 * still.share);
  if (turntable == Turntable::kOff) {
    if (still.IsTurntable())
      job.Warn(what +
               "\n         No radiance field can hold both; leave the background out: --set nerf.turntable=auto");
    return;
  }
  if (turntable == Turntable::kAuto && !still.IsTurntable()) return;
  if (int(photos.size()) > kPhotosToTell) still = StillIn(images, cameras, photos);  // now of each
  if (still.stands.empty()) still.stands.push_back(photos);                          // the user says so
  photos_.resize(images.size());
  size_t num_photos = 0;
  double known = 0;
  for (const std::vector<int>& stand : still.stands) {
    std::vector<const ImageU8*> of_stand;
    for (const int photo : stand) of_stand.push_back(&images[size_t(photo)]);
    backdrops_.push_back(MakeBackdrop(of_stand));
    for (const int photo : stand) photos_[size_t(photo)].backdrop = int(backdrops_.size()) - 1;
    num_photos += stand.size();
    const ImageU8& mask = backdrops_.back().known;
    known += double(std::count(mask.data.begin(), mask.data.end(), uint8_t(255))) / double(mask.num_pixels()) /
             double(still.stands.size());
  }
  ParallelFor(int64_t(images.size()), [&](int64_t i) {
    InPhoto& photo = photos_[size_t(i)];
    if (photo.backdrop >= 0) photo.found = LookFor(backdrops_[size_t(photo.backdrop)], images[size_t(i)]);
  });
  job.Info(fmt::format("scene  {}; the field learns what turns, over {} of {:.0f} % of the picture",
                       still.IsTurntable() ? what : "taken for a turntable",
                       Counted(int64_t(backdrops_.size()), "backdrop"), 100 * known));
  if (known == 0)
    job.Warn("no part of the picture stands still, so nothing is left out: nerf.turntable=off trains in the same way");
  if (num_photos < images.size())
    job.Warn(fmt::format("{} not taken from where the others were: all that {} is learned",
                         Counted(int64_t(images.size() - num_photos), "photo was", "photos were"),
                         IsAre(int64_t(images.size() - num_photos), "it shows", "they show")));
}

PhotoBackdrops::Behind PhotoBackdrops::At(int photo, int x, int y) const {
  Behind behind;
  const InPhoto& in = photos_[size_t(photo)];
  if (in.backdrop < 0) return behind;
  const Backdrop& backdrop = backdrops_[size_t(in.backdrop)];
  behind.is_known = backdrop.known.At(x, y) != 0;
  if (!behind.is_known) return behind;
  behind.is_shown = in.found.shown.At(x, y) != 0;
  for (int c = 0; c < 3; ++c)
    behind.rgb[c] = std::min(1.0f, in.found.gain[c] * float(backdrop.plate.At(x, y, c)) / 255.0f);
  return behind;
}

}  // namespace sanerf::nerf
