#include "sanerf/nerf/training_photos.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <iterator>

#include "sanerf/core/error.h"
#include "sanerf/core/image_ops.h"
#include "sanerf/core/job.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/phrases.h"
#include "sanerf/scene/ignored_pixels.h"
#include "sanerf/scene/whole_photos.h"

namespace sanerf::nerf {
namespace {

constexpr size_t kNamedPhotos = 8;

}  // namespace

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
  LeaveOutEmptyPhotos(scene, job);
  double sum[3] = {0, 0, 0};
  int64_t count = 0;
  for (size_t photo = 0; photo < images_.size(); ++photo) {
    const ImageU8& image = images_[photo];
    const int64_t size = left_[photo] ? left_[photo]->size() : image.num_pixels();
    for (int64_t i = 0; i < size; i += 7, ++count) {
      const int64_t pixel = left_[photo] ? left_[photo]->Pixel(i) : i;
      for (int c = 0; c < 3; ++c) sum[c] += image.data[size_t(pixel * image.channels + c)];
    }
  }
  for (int c = 0; c < 3; ++c) mean_rgb_[c] = float(sum[c] / (255.0 * double(std::max<int64_t>(count, 1))));
}

void TrainingPhotos::Load(const scene::Scene& scene, int downscale, const Job& job) {
  const int64_t n = int64_t(view_idxs_.size());
  Task task(job, "load photos", n, "photos");
  std::atomic<int64_t> done = 0;
  left_.resize(size_t(n));
  ParallelFor(n, [&](int64_t i) {
    job.ThrowIfStopped("reading the photos");
    const scene::View& view = scene.views[size_t(view_idxs_[size_t(i)])];
    const int width = std::max(1, view.camera.width / downscale), height = std::max(1, view.camera.height / downscale);
    images_[size_t(i)] = ToU8(scene::LoadViewImage(view, width, height));
    cameras_[size_t(i)] = view.camera.Resized(width, height).In(scene.model_from_file);
    const ImageU8 ignored = scene::LoadIgnoredPixels(view, width, height);
    if (!ignored.empty()) left_[size_t(i)].emplace(ignored);
    task.Update(++done);
  });
}

void TrainingPhotos::LeaveOutEmptyPhotos(const scene::Scene& scene, const Job& job) {
  std::vector<std::string> empty;
  size_t kept = 0;
  for (size_t i = 0; i < images_.size(); ++i) {
    if (left_[i] && left_[i]->size() == 0) {
      empty.push_back(scene.views[size_t(view_idxs_[i])].name);
      continue;
    }
    if (kept != i) {
      view_idxs_[kept] = view_idxs_[i];
      cameras_[kept] = cameras_[i];
      images_[kept] = std::move(images_[i]);
      left_[kept] = std::move(left_[i]);
    }
    ++kept;
  }
  if (kept == 0)
    throw Error(scene.root.string(), "the masks of what to ignore leave no pixel of any training photo",
                "if they are ground truth, say --masks-are object or --masks-are instances");
  if (empty.empty()) return;
  view_idxs_.resize(kept);
  cameras_.resize(kept);
  images_.resize(kept);
  left_.resize(kept);
  job.Warn(fmt::format("{} nothing to train on, because the masks ignore all pixels: {}",
                       Counted(int64_t(empty.size()), "photo has", "photos have"), FirstFew(empty, kNamedPhotos)));
}

PixelRuns::PixelRuns(const ImageU8& ignored) {
  int64_t count = 0;
  for (int64_t p = 0; p < ignored.num_pixels(); ++p) {
    if (ignored.data[size_t(p)] != 0) continue;
    if (p == 0 || ignored.data[size_t(p - 1)] != 0) runs_.push_back({p, count});
    runs_.back().end = ++count;
  }
}

int64_t PixelRuns::Pixel(int64_t i) const {
  const auto run = std::upper_bound(runs_.begin(), runs_.end(), i, [](int64_t at, const Run& r) { return at < r.end; });
  const int64_t begin = run == runs_.begin() ? 0 : std::prev(run)->end;
  return run->first + (i - begin);
}

bool PixelRuns::Contains(int64_t pixel) const {
  const auto after =
      std::upper_bound(runs_.begin(), runs_.end(), pixel, [](int64_t at, const Run& r) { return at < r.first; });
  if (after == runs_.begin()) return false;
  const auto run = std::prev(after);
  const int64_t begin = run == runs_.begin() ? 0 : std::prev(run)->end;
  return pixel < run->first + (run->end - begin);
}

TrainingRay TrainingPhotos::Draw(Random* random) const {
  const int photo = int(random->NextBelow(uint32_t(images_.size())));
  const ImageU8& image = images_[size_t(photo)];
  int x, y;
  if (const auto& left = left_[size_t(photo)]) {
    const int64_t pixel = left->Pixel(int64_t(random->NextBelow(uint32_t(left->size()))));
    x = int(pixel % image.width), y = int(pixel / image.width);
  } else {
    x = int(random->NextBelow(uint32_t(image.width))), y = int(random->NextBelow(uint32_t(image.height)));
  }
  return RayOf(photo, x, y);
}

TrainingRay TrainingPhotos::RayOf(int photo, int x, int y) const {
  const ImageU8& image = images_[size_t(photo)];
  TrainingRay out;
  out.photo = photo;
  out.ray = MakeRay(cameras_[size_t(photo)], Vec2(x + 0.5, y + 0.5));
  const uint8_t* pixel = image.Pixel(x, y);
  for (int c = 0; c < 3; ++c) out.rgb[c] = float(pixel[c]) / 255.0f;
  if (image.channels == 4) out.alpha = float(pixel[3]) / 255.0f;
  out.across = (float(x) + 0.5f) / float(image.width);
  out.down = (float(y) + 0.5f) / float(image.height);
  return out;
}

bool TrainingPhotos::IsIgnored(int photo, int x, int y) const {
  const auto& left = left_[size_t(photo)];
  return left && !left->Contains(int64_t(y) * images_[size_t(photo)].width + x);
}

}  // namespace sanerf::nerf
