#include "sanerf/nerf/field_check.h"

#include <fmt/format.h>

#include <vector>

#include "sanerf/core/image_ops.h"
#include "sanerf/core/shell_quoted.h"
#include "sanerf/nerf/held_out_photo.h"
#include "sanerf/scene/choose_views.h"

namespace sanerf::nerf {

namespace {

// A sign of life, not a result: it must cost next to nothing beside the training.
constexpr int kViews = 3;
constexpr int kSize = 100;  // longest side

}  // namespace

std::optional<HeldOutPsnr> CompareWithTrivialPictures(const scene::Scene& scene,
                                                      const std::function<ImageF(const Camera&)>& render,
                                                      const std::vector<Backdrop>& backdrops) {
  const std::vector<int> test = scene::ThinnedViews(scene.TestViews(), kViews), train = scene.TrainViews();
  if (test.empty()) return std::nullopt;
  SquaredErrors field, nearest, flat;
  std::vector<HeldOutPhoto> photos;
  double color[3] = {0, 0, 0};
  int64_t num_pixels = 0;
  for (const int view_idx : test) {
    const scene::View& view = scene.views[size_t(view_idx)];
    const Camera camera = view.camera.ResizedToLongest(kSize);
    photos.emplace_back(view, camera);
    if (!backdrops.empty()) photos.back().Ignore(ShownIn(backdrops, ToU8(photos.back().photo)));
    field.Add(render(camera), photos.back());
    const int near = scene::NearestView(scene, view.camera, train);
    const ImageF other = PhotoAt(scene.views[size_t(near)], camera);
    nearest.Add(other, photos.back());
    for (size_t i = 0; i < other.data.size(); ++i) color[i % 3] += other.data[i];
    num_pixels += other.num_pixels();
  }
  for (const HeldOutPhoto& truth : photos)
    for (size_t i = 0; i < truth.photo.data.size(); ++i)
      if (truth.Counts(i)) flat.Add(color[i % 3] / double(num_pixels), truth.photo.data[i]);
  return HeldOutPsnr{field.Psnr(), nearest.Psnr(), flat.Psnr()};
}

void WarnIfUseless(const HeldOutPsnr& psnr, const scene::Scene& scene, const std::string& next, const Job& job) {
  if (!psnr.IsUseless()) return;
  job.Warn(fmt::format(
      "held-out photos: the field has {:.1f} dB, the nearest training photo in their place {:.1f}, one color {:.1f}\n"
      "         The field shows no more than they do: poses may be wrong or in another convention, photos or steps "
      "too\n"
      "         few, or the exposure may change from photo to photo. What is known of them: sanerf info {}\n"
      "         then: {}",
      psnr.field, psnr.nearest_photo, psnr.flat_color, ShellQuoted(scene.root.string()), next));
}

}  // namespace sanerf::nerf
