#include "sanerf/segmentation/refine/outline.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <utility>

#include "sanerf/core/check.h"
#include "sanerf/core/error.h"
#include "sanerf/core/guided_filter.h"
#include "sanerf/core/job.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/pixel_window.h"
#include "sanerf/mask_decoder/mask_check.h"

namespace sanerf::segmentation {

using mask_decoder::ViewDecision;

namespace {

constexpr int kSamCells = 256;            // per side of a mask as SAM returns it
constexpr int kRadiusCells = 2;           // how far the outline may be off
constexpr double kRegularization = 1e-4;  // variance of a color in [0, 1] that counts as noise: 1 % of the range
constexpr double kMinIou = 0.5;           // with the mask before

}  // namespace

ImageU8 SharpOutline(const ImageU8& mask, const ImageF& rgb, const Job& job) {
  SANERF_CHECK(rgb.channels == 3 && rgb.width == mask.width && rgb.height == mask.height);
  const int radius = (kRadiusCells * std::max(mask.width, mask.height) + kSamCells - 1) / kSamCells;
  // A pixel depends on what is within two radii; beyond two radii of the mask the result is 0.
  const PixelWindow inside = WindowOf(mask);
  if (inside.empty()) return mask;
  const PixelWindow window = inside.Grown(4 * radius, 4 * radius, mask.width, mask.height);
  ImageF covered(window.width(), window.height(), 1);
  for (int y = window.y0; y < window.y1; ++y)
    for (int x = window.x0; x < window.x1; ++x)
      covered.At(x - window.x0, y - window.y0) = mask.At(x, y) != 0 ? 1.0f : 0.0f;
  const ImageF filtered = GuidedFilter(Cut(rgb, window), covered, radius, kRegularization, job);

  ImageU8 sharp(mask.width, mask.height, 1);
  int64_t both = 0, either = 0;
  for (int y = window.y0; y < window.y1; ++y) {
    for (int x = window.x0; x < window.x1; ++x) {
      const bool before = mask.At(x, y) != 0, after = filtered.At(x - window.x0, y - window.y0) > 0.5f;
      sharp.At(x, y) = after ? 255 : 0;
      both += before && after;
      either += before || after;
    }
  }
  return double(both) < kMinIou * double(either) ? mask : sharp;
}

void SharpenOutlines(const feature_container::FeatureContainer& container,
                     std::vector<mask_decoder::DecodedObject>* objects, const Job& job) {
  std::map<int, std::vector<ViewDecision*>> blunt;  // by view: its picture is read, or rendered, once
  for (mask_decoder::DecodedObject& object : *objects)
    for (ViewDecision& view : object.views)
      if (view.used && !view.sharp_outline) blunt[view.view_idx].push_back(&view);
  const std::vector<std::pair<int, std::vector<ViewDecision*>>> views(blunt.begin(), blunt.end());
  Task task(job, "sharpen outlines", int64_t(views.size()), "views");
  std::atomic<int64_t> done = 0;
  ParallelFor(int64_t(views.size()), [&](int64_t i) {
    if (job.stop_requested()) return;
    const auto& [view_idx, decisions] = views[size_t(i)];
    const ImageF rgb = container.Rgb(view_idx, job);
    for (ViewDecision* view : decisions) {
      view->mask = SharpOutline(view->mask, rgb, job);
      view->area = double(mask_decoder::CountNonZero(view->mask)) / double(view->mask.num_pixels());
      view->sharp_outline = true;
    }
    task.Update(++done);
  });
  job.ThrowIfStopped("sharpening the outlines");
  task.Finish();
}

}  // namespace sanerf::segmentation
