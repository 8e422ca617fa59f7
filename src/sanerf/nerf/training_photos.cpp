#include "sanerf/nerf/training_photos.h"

#include <algorithm>
#include <atomic>

#include "sanerf/core/error.h"
#include "sanerf/core/image_ops.h"
#include "sanerf/core/job.h"
#include "sanerf/core/parallel.h"
#include "sanerf/scene/whole_photos.h"

namespace sanerf::nerf {

TrainingPhotos::TrainingPhotos(const scene::Scene& scene, int downscale, const Job& job)
    : view_idxs_(scene.TrainViews()) {
  if (view_idxs_.empty())
    throw Error(scene.root.string(), "no training view is left", "lower --test-every or add photos");
  cameras_.resize(view_idxs_.size());
  images_.resize(view_idxs_.size());
  try {
    Load(scene, downscale, job);
  } catch (const InterruptedError&) {
    throw;
  } catch (const Error&) {
    scene::RequireWholePhotos(scene, view_idxs_, job);  // names all that are broken, not just the first
    throw;
  }
  double sum[3] = {0, 0, 0};
  int64_t count = 0;
  for (const ImageU8& image : images_)
    for (int64_t i = 0; i < image.num_pixels(); i += 7, ++count)
      for (int c = 0; c < 3; ++c) sum[c] += image.data[size_t(i * image.channels + c)];
  for (int c = 0; c < 3; ++c) mean_rgb_[c] = float(sum[c] / (255.0 * double(std::max<int64_t>(count, 1))));
}

void TrainingPhotos::Load(const scene::Scene& scene, int downscale, const Job& job) {
  const int64_t n = int64_t(view_idxs_.size());
  Task task(job, "load photos", n, "photos");
  std::atomic<int64_t> done = 0;
  ParallelFor(n, [&](int64_t i) {
    job.ThrowIfStopped("reading the photos");
    const scene::View& view = scene.views[size_t(view_idxs_[size_t(i)])];
    const int width = std::max(1, view.camera.width / downscale), height = std::max(1, view.camera.height / downscale);
    images_[size_t(i)] = ToU8(scene::LoadViewImage(view, width, height));
    cameras_[size_t(i)] = view.camera.Resized(width, height).In(scene.model_from_file);
    task.Update(++done);
  });
}

TrainingRay TrainingPhotos::Draw(Random* random) const {
  TrainingRay out;
  out.photo = int(random->NextBelow(uint32_t(images_.size())));
  const ImageU8& image = images_[size_t(out.photo)];
  const int x = int(random->NextBelow(uint32_t(image.width))), y = int(random->NextBelow(uint32_t(image.height)));
  out.ray = MakeRay(cameras_[size_t(out.photo)], Vec2(x + 0.5, y + 0.5));
  const uint8_t* pixel = image.Pixel(x, y);
  for (int c = 0; c < 3; ++c) out.rgb[c] = float(pixel[c]) / 255.0f;
  if (image.channels == 4) out.alpha = float(pixel[3]) / 255.0f;
  return out;
}

}  // namespace sanerf::nerf
