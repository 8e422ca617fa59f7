#include "sanerf/nerf/training_photos.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <iterator>

#include "sanerf/core/check.h"
#include "sanerf/core/error.h"
#include "sanerf/core/image_ops.h"
#include "sanerf/core/job.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/phrases.h"
#include "sanerf/scene/whole_photos.h"

namespace sanerf::nerf {
namespace {

constexpr size_t kNamedPhotos = 8;
constexpr float kWholeWeight = 1 << 12;  // of a photo: there are no more than 2^20 of them

}  // namespace

TrainingPhotos::TrainingPhotos(const scene::Scene& scene, int downscale, const PhotoUse& use, const Job& job)
    : view_idxs_(scene.TrainViews()) {
  if (view_idxs_.empty())
    throw Error(scene.root.string(), "no training view is left", "lower --test-every or add photos");
  cameras_.resize(view_idxs_.size());
  images_.resize(view_idxs_.size());
  try {
    Load(scene, downscale, use, job);
  } catch (const InterruptedError&) {
    throw;
  } catch (const Error&) {
    scene::RequireWholePhotos(scene, view_idxs_, job);  // names all that are broken, not just the first
    throw;
  }
  LeaveOutEmptyPhotos(scene, job);
  // Photos with alpha are cut out already.
  if (!scene.has_alpha) backdrops_ = PhotoBackdrops(images_, cameras_, use.turntable, job);
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

void TrainingPhotos::Load(const scene::Scene& scene, int downscale, const PhotoUse& use, const Job& job) {
  const int64_t n = int64_t(view_idxs_.size());
  Task task(job, "load photos", n, "photos");
  std::atomic<int64_t> done = 0;
  left_.resize(size_t(n));
  empty_.resize(size_t(n));
  ParallelFor(n, [&](int64_t i) {
    job.ThrowIfStopped("reading the photos");
    const scene::View& view = scene.views[size_t(view_idxs_[size_t(i)])];
    const int width = std::max(1, view.camera.width / downscale), height = std::max(1, view.camera.height / downscale);
    images_[size_t(i)] = ToU8(scene::LoadViewImage(view, width, height));
    cameras_[size_t(i)] = view.camera.Resized(width, height).In(scene.model_from_file);
    PixelUses uses = UsesOfPixels(scene, view_idxs_[size_t(i)], use, width, height);
    if (!uses.left_out.empty()) left_[size_t(i)].emplace(uses.left_out);
    empty_[size_t(i)] = std::move(uses.empty);
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
      empty_[kept] = std::move(empty_[i]);
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
  empty_.resize(kept);
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

void TrainingPhotos::SetWeights(const std::vector<float>& weights) {
  SANERF_CHECK_EQ(weights.size(), images_.size());
  weight_ends_.clear();
  if (std::all_of(weights.begin(), weights.end(), [](float weight) { return weight == 1; })) return;
  uint32_t sum = 0;
  for (const float weight : weights) weight_ends_.push_back(sum += uint32_t(std::lround(kWholeWeight * weight)));
  SANERF_CHECK_GT(sum, 0u);
}

void PixelRuns::Mark(uint8_t value, ImageU8* picture) const {
  int64_t begin = 0;
  for (const Run& run : runs_) {
    std::fill_n(picture->data.begin() + run.first, run.end - begin, value);
    begin = run.end;
  }
}

std::vector<ComparedPhoto> TrainingPhotos::Compared(const scene::Scene& scene, int longest) const {
  constexpr uint8_t kCounts = 255;
  const float white[3] = {1, 1, 1};
  std::vector<ComparedPhoto> compared(images_.size());
  ParallelFor(int64_t(images_.size()), [&](int64_t i) {
    const size_t photo = size_t(i);
    const ImageU8& image = images_[photo];
    ComparedPhoto& out = compared[photo];
    out.view_idx = view_idxs_[photo];
    out.camera = scene.views[size_t(out.view_idx)].camera.ResizedToLongest(longest);
    out.picture = CompositeOver(ToFloat(Resize(image, out.camera.width, out.camera.height)), white);
    if (!left_[photo] && empty_[photo].empty() && backdrops_.empty()) return;
    ImageU8 counts(image.width, image.height, 1, left_[photo] ? 0 : kCounts);
    if (left_[photo]) left_[photo]->Mark(kCounts, &counts);
    for (int y = 0; y < image.height; ++y)
      for (int x = 0; x < image.width; ++x) {
        const bool is_empty = !empty_[photo].empty() && empty_[photo].At(x, y) != 0;
        if (is_empty || (!backdrops_.empty() && backdrops_.At(int(i), x, y).is_shown)) counts.At(x, y) = 0;
      }
    out.ignored = Resize(counts, out.camera.width, out.camera.height);
    for (uint8_t& value : out.ignored.data) value = value == kCounts ? 0 : 255;
  });
  return compared;
}

TrainingRay TrainingPhotos::Draw(Random* random) const {
  TrainingRay out;
  if (weight_ends_.empty()) {
    out.photo = int(random->NextBelow(uint32_t(images_.size())));
  } else {
    const uint32_t at = random->NextBelow(weight_ends_.back());
    out.photo = int(std::upper_bound(weight_ends_.begin(), weight_ends_.end(), at) - weight_ends_.begin());
  }
  const ImageU8& image = images_[size_t(out.photo)];
  int x, y;
  if (const auto& left = left_[size_t(out.photo)]) {
    const int64_t pixel = left->Pixel(int64_t(random->NextBelow(uint32_t(left->size()))));
    x = int(pixel % image.width), y = int(pixel / image.width);
  } else {
    x = int(random->NextBelow(uint32_t(image.width))), y = int(random->NextBelow(uint32_t(image.height)));
  }
  out.ray = MakeRay(cameras_[size_t(out.photo)], Vec2(x + 0.5, y + 0.5));
  const uint8_t* pixel = image.Pixel(x, y);
  for (int c = 0; c < 3; ++c) out.rgb[c] = float(pixel[c]) / 255.0f;
  if (image.channels == 4) out.alpha = float(pixel[3]) / 255.0f;
  const ImageU8& empty = empty_[size_t(out.photo)];
  if (!empty.empty() && empty.At(x, y) != 0) {
    out.alpha = 0;
  } else if (!backdrops_.empty()) {
    out.behind = backdrops_.At(out.photo, x, y);
  }
  return out;
}

}  // namespace sanerf::nerf
