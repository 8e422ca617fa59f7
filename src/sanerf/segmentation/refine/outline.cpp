#include "sanerf/segmentation/refine/outline.h"

#include <algorithm>
#include <map>
#include <utility>

#include "sanerf/core/check.h"
#include "sanerf/core/error.h"
#include "sanerf/core/guided_filter.h"
#include "sanerf/core/job.h"
#include "sanerf/core/parallel.h"
#include "sanerf/mask_decoder/view_decider.h"

namespace sanerf::segmentation {

using mask_decoder::ViewDecision;

namespace {

constexpr int kSamCells = 256;            // per side of a mask as SAM returns it
constexpr int kRadiusCells = 2;           // how far the outline may be off
constexpr double kRegularization = 1e-4;  // variance of a color in [0, 1] that counts as noise: 1 % of the range
constexpr double kMinIou = 0.5;           // with the mask before

struct Box {
  int x0, y0, x1, y1;  // x1, y1: one past the end
};

// Around the mask; empty (x0 >= x1) when it is.
Box Surroundings(const ImageU8& mask, int margin) {
  Box box{mask.width, mask.height, 0, 0};
  for (int y = 0; y < mask.height; ++y) {
    for (int x = 0; x < mask.width; ++x) {
      if (mask.At(x, y) == 0) continue;
      box = {std::min(box.x0, x), std::min(box.y0, y), std::max(box.x1, x + 1), std::max(box.y1, y + 1)};
    }
  }
  return {std::max(0, box.x0 - margin), std::max(0, box.y0 - margin), std::min(mask.width, box.x1 + margin),
          std::min(mask.height, box.y1 + margin)};
}

ImageF Crop(const ImageF& image, const Box& box) {
  ImageF crop(box.x1 - box.x0, box.y1 - box.y0, image.channels);
  for (int y = box.y0; y < box.y1; ++y)
    std::copy_n(image.Pixel(box.x0, y), crop.width * image.channels, crop.Pixel(0, y - box.y0));
  return crop;
}

}  // namespace

ImageU8 SharpOutline(const ImageU8& mask, const ImageF& rgb) {
  SANERF_CHECK(rgb.channels == 3 && rgb.width == mask.width && rgb.height == mask.height);
  const int radius = (kRadiusCells * std::max(mask.width, mask.height) + kSamCells - 1) / kSamCells;
  // A pixel depends on what is within two radii; beyond two radii of the mask the result is 0.
  const Box box = Surroundings(mask, 4 * radius);
  if (box.x0 >= box.x1) return mask;
  ImageF covered(box.x1 - box.x0, box.y1 - box.y0, 1);
  for (int y = box.y0; y < box.y1; ++y)
    for (int x = box.x0; x < box.x1; ++x) covered.At(x - box.x0, y - box.y0) = mask.At(x, y) != 0 ? 1.0f : 0.0f;
  const ImageF filtered = GuidedFilter(Crop(rgb, box), covered, radius, kRegularization);

  ImageU8 sharp(mask.width, mask.height, 1);
  int64_t both = 0, either = 0;
  for (int y = box.y0; y < box.y1; ++y) {
    for (int x = box.x0; x < box.x1; ++x) {
      const bool before = mask.At(x, y) != 0, after = filtered.At(x - box.x0, y - box.y0) > 0.5f;
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
  ParallelFor(int64_t(views.size()), [&](int64_t i) {
    if (job.stop_requested()) return;
    const auto& [view_idx, decisions] = views[size_t(i)];
    const ImageF rgb = container.Rgb(view_idx, job);
    for (ViewDecision* view : decisions) {
      view->mask = SharpOutline(view->mask, rgb);
      view->area = double(mask_decoder::CountNonZero(view->mask)) / double(view->mask.num_pixels());
      view->sharp_outline = true;
    }
  });
  if (job.stop_requested()) throw InterruptedError("sharp outlines interrupted", "nothing was written");
}

}  // namespace sanerf::segmentation
