#include "sanerf/nerf/training_photos.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <iterator>

#include "sanerf/core/error.h"
#include "sanerf/core/image_ops.h"
#include "sanerf/core/job.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/phrases.h"
#include "sanerf/scene/ignored_pixels.h"
#include "sanerf/scene/moments.h"
#include "sanerf/scene/whole_photos.h"

namespace sanerf::nerf {
namespace {

constexpr size_t kNamedPhotos = 8;
constexpr size_t kFewestForMedian = 3;  // of two photos neither is in the middle
constexpr int kPhotoNoise = 8;          // of 255: compression and a camera's noise move nothing

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

bool PixelRuns::Holds(int64_t pixel) const {
  const auto after =
      std::upper_bound(runs_.begin(), runs_.end(), pixel, [](int64_t p, const Run& r) { return p < r.first; });
  if (after == runs_.begin()) return false;
  const auto run = std::prev(after);
  const int64_t begin = run == runs_.begin() ? 0 : std::prev(run)->end;
  return pixel - run->first < run->end - begin;
}

ImageU8 TrainingPhotos::MedianOf(const std::vector<int>& photos) const {
  const ImageU8& first = images_[size_t(photos[0])];
  ImageU8 median(first.width, first.height, first.channels);
  std::vector<uint8_t> values(photos.size());
  for (size_t i = 0; i < median.data.size(); ++i) {
    for (size_t k = 0; k < photos.size(); ++k) values[k] = images_[size_t(photos[k])].data[i];
    const auto middle = values.begin() + std::ptrdiff_t(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    median.data[i] = *middle;
  }
  return median;
}

TrainingPhotos::MovingPixels TrainingPhotos::DifferFrom(const ImageU8& median, int photo) const {
  MovingPixels moving;
  moving.photo = photo;
  const ImageU8& image = images_[size_t(photo)];
  float sum = 0;
  for (int64_t p = 0; p < image.num_pixels(); ++p) {
    int most = 0;
    for (int c = 0; c < image.channels; ++c) {
      const size_t i = size_t(p * image.channels + c);
      most = std::max(most, std::abs(int(image.data[i]) - int(median.data[i])));
    }
    if (most <= kPhotoNoise || (left_[size_t(photo)] && !left_[size_t(photo)]->Holds(p))) continue;
    moving.pixels.push_back(uint32_t(p));
    moving.cumulative.push_back(sum += float(most - kPhotoNoise) / 255.0f);
  }
  return moving;
}

void TrainingPhotos::FindWhatMoves(const scene::Scene& scene, const Job& job) {
  moving_.clear();
  std::vector<const scene::View*> views;
  for (const int view : view_idxs_) views.push_back(&scene.views[size_t(view)]);
  const scene::Moments moments = scene::MomentsOf(views);
  if (!moments.HasFixedCameras()) return;
  std::vector<std::vector<MovingPixels>> of_cameras(moments.cameras.size());
  Task task(job, "find what moves", int64_t(moments.cameras.size()), "cameras");
  std::atomic<int64_t> done = 0;
  ParallelFor(int64_t(moments.cameras.size()), [&](int64_t c) {
    job.ThrowIfStopped("finding what moves");
    const std::vector<int>& photos = moments.cameras[size_t(c)].views;  // places in `views`, which are the photos
    const auto is_like_first = [&](int photo) {
      return images_[size_t(photo)].data.size() == images_[size_t(photos[0])].data.size();
    };
    if (photos.size() >= kFewestForMedian && std::all_of(photos.begin(), photos.end(), is_like_first)) {
      const ImageU8 median = MedianOf(photos);
      for (const int photo : photos) {
        MovingPixels moving = DifferFrom(median, photo);
        if (!moving.pixels.empty()) of_cameras[size_t(c)].push_back(std::move(moving));
      }
    }
    task.Update(++done);
  });
  for (std::vector<MovingPixels>& of_camera : of_cameras)
    for (MovingPixels& moving : of_camera) moving_.push_back(std::move(moving));
  task.Finish();
}

TrainingRay TrainingPhotos::RayOf(int photo, int x, int y) const {
  TrainingRay out;
  out.photo = photo;
  const ImageU8& image = images_[size_t(photo)];
  out.ray = MakeRay(cameras_[size_t(photo)], Vec2(x + 0.5, y + 0.5));
  const uint8_t* pixel = image.Pixel(x, y);
  for (int c = 0; c < 3; ++c) out.rgb[c] = float(pixel[c]) / 255.0f;
  if (image.channels == 4) out.alpha = float(pixel[3]) / 255.0f;
  return out;
}

TrainingRay TrainingPhotos::Draw(Random* random, float moving_share) const {
  if (moving_share > 0 && !moving_.empty() && random->NextFloat() < moving_share) {
    const MovingPixels& moving = moving_[random->NextBelow(uint32_t(moving_.size()))];
    const float at = random->NextFloat() * moving.cumulative.back();
    const auto found = std::upper_bound(moving.cumulative.begin(), moving.cumulative.end(), at);
    const size_t i = std::min(size_t(found - moving.cumulative.begin()), moving.pixels.size() - 1);
    const int width = images_[size_t(moving.photo)].width, pixel = int(moving.pixels[i]);
    return RayOf(moving.photo, pixel % width, pixel / width);
  }
  const int photo = int(random->NextBelow(uint32_t(images_.size())));
  const ImageU8& image = images_[size_t(photo)];
  if (const auto& left = left_[size_t(photo)]) {
    const int64_t pixel = left->Pixel(int64_t(random->NextBelow(uint32_t(left->size()))));
    return RayOf(photo, int(pixel % image.width), int(pixel / image.width));
  }
  const int x = int(random->NextBelow(uint32_t(image.width))), y = int(random->NextBelow(uint32_t(image.height)));
  return RayOf(photo, x, y);
}

}  // namespace sanerf::nerf
