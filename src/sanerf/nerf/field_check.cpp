#include "sanerf/nerf/field_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "sanerf/core/image_ops.h"
#include "sanerf/core/shell_quoted.h"
#include "sanerf/scene/choose_views.h"
#include "sanerf/scene/ignored_pixels.h"

namespace sanerf::nerf {

namespace {

// A sign of life, not a result: it must cost next to nothing beside the training.
constexpr int kViews = 3;
constexpr int kSize = 100;  // longest side

ImageF PhotoAt(const scene::View& view, const Camera& camera) {
  const float white[3] = {1, 1, 1};
  return CompositeOver(scene::LoadViewImage(view, camera.width, camera.height), white);
}

// A held-out photo, and what of it does not count.
struct Truth {
  ImageF photo;
  ImageU8 ignored;

  bool Counts(size_t i) const { return ignored.empty() || ignored.data[i / 3] == 0; }  // i: of the photo's values
};

// Of scenes over time the photos of the camera's moment, or of that nearest to it.
std::vector<int> AtTimeOf(const Camera& camera, const scene::Scene& scene, const std::vector<int>& views) {
  if (!scene.is_dynamic) return views;
  const auto distance = [&](int view) { return std::abs(scene.views[size_t(view)].camera.time - camera.time); };
  double nearest = INFINITY;
  for (const int view : views) nearest = std::min(nearest, distance(view));
  std::vector<int> kept;
  for (const int view : views)
    if (distance(view) <= nearest) kept.push_back(view);
  return kept;
}

class SquaredErrors {
 public:
  void Add(const ImageF& picture, const Truth& truth) {
    for (size_t i = 0; i < truth.photo.data.size(); ++i)
      if (truth.Counts(i)) Add(picture.data[i], truth.photo.data[i]);
  }
  void Add(double value, double truth) {
    sum_ += (value - truth) * (value - truth);
    ++count_;
  }
  double Psnr() const { return -10 * std::log10(std::max(1e-10, sum_ / double(std::max<int64_t>(1, count_)))); }

 private:
  double sum_ = 0;
  int64_t count_ = 0;
};

}  // namespace

std::optional<HeldOutPsnr> CompareWithTrivialPictures(const scene::Scene& scene,
                                                      const std::function<ImageF(const Camera&)>& render) {
  const std::vector<int> test = scene::ThinnedViews(scene.TestViews(), kViews), train = scene.TrainViews();
  if (test.empty()) return std::nullopt;
  SquaredErrors field, nearest, flat;
  std::vector<Truth> photos;
  double color[3] = {0, 0, 0};
  int64_t num_pixels = 0;
  for (const int view_idx : test) {
    const scene::View& view = scene.views[size_t(view_idx)];
    const Camera camera = view.camera.ResizedToLongest(kSize);
    photos.push_back({PhotoAt(view, camera), scene::LoadIgnoredPixels(view, camera.width, camera.height)});
    field.Add(render(camera), photos.back());
    const int near = scene::NearestView(scene, view.camera, AtTimeOf(view.camera, scene, train));
    const ImageF other = PhotoAt(scene.views[size_t(near)], camera);
    nearest.Add(other, photos.back());
    for (size_t i = 0; i < other.data.size(); ++i) color[i % 3] += other.data[i];
    num_pixels += other.num_pixels();
  }
  for (const Truth& truth : photos)
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
