#include "sanerf/baselines/segment_image.h"

#include <algorithm>

#include "sanerf/core/check.h"

namespace sanerf::baselines {
namespace {

// `order`: positions in `masks`, first painted first. Values are 1 + rank in the order.
ImageU16 Paint(const std::vector<const segmentation::FoundMask*>& masks, const std::vector<size_t>& order) {
  ImageU16 image(masks[0]->mask.width(), masks[0]->mask.height(), 1);
  for (size_t rank = 0; rank < order.size(); ++rank) {
    const BitMask& mask = masks[order[rank]]->mask;
    SANERF_CHECK(mask.width() == image.width && mask.height() == image.height);
    for (size_t i = 0; i < image.data.size(); ++i)
      if (mask.AtIndex(i)) image.data[i] = uint16_t(rank + 1);
  }
  return image;
}

}  // namespace

SegmentImage FlattenMasks(const std::vector<const segmentation::FoundMask*>& masks, OnTop on_top, int64_t min_pixels) {
  SANERF_CHECK(!masks.empty() && masks.size() < 65535);
  std::vector<int64_t> area;
  for (const segmentation::FoundMask* mask : masks) area.push_back(mask->mask.Count());
  std::vector<size_t> order;
  for (size_t m = 0; m < masks.size(); ++m)
    if (area[m] >= min_pixels) order.push_back(m);
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return on_top == OnTop::kConfident ? masks[a]->predicted_iou < masks[b]->predicted_iou : area[a] > area[b];
  });

  // Painted once to see what remains of each, and again without the specks; the others only grow by that.
  std::vector<int64_t> visible(order.size() + 1, 0);
  for (const uint16_t rank : Paint(masks, order).data) ++visible[rank];
  std::vector<size_t> kept;
  for (size_t rank = 0; rank < order.size(); ++rank)
    if (visible[rank + 1] >= min_pixels) kept.push_back(order[rank]);
  SegmentImage image{Paint(masks, kept), {}};
  for (const size_t m : kept) image.confidence.push_back(std::clamp(masks[m]->predicted_iou, 0.0f, 1.0f));
  return image;
}

}  // namespace sanerf::baselines
