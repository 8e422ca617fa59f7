#include "sanerf/segmentation/mask_fit.h"

#include <algorithm>
#include <vector>

#include "sanerf/core/image_ops.h"
#include "sanerf/mask_decoder/view_decider.h"
#include "sanerf/scene/choose_views.h"

namespace sanerf::segmentation {
namespace {

// So that it costs next to nothing beside the fitting, also of many objects.
constexpr int kComparedViews = 5;
constexpr int kWindowSize = 48;  // longest side, pixels

struct Part {  // of an image
  int x0 = 0, y0 = 0, x1 = 0, y1 = 0;
};

// The mask, which is not empty, with as much again on all sides.
Part PartAround(const ImageU8& mask) {
  Part box{mask.width, mask.height, 0, 0};
  for (int y = 0; y < mask.height; ++y) {
    for (int x = 0; x < mask.width; ++x) {
      if (mask.At(x, y) == 0) continue;
      box = {std::min(box.x0, x), std::min(box.y0, y), std::max(box.x1, x + 1), std::max(box.y1, y + 1)};
    }
  }
  const int width = box.x1 - box.x0, height = box.y1 - box.y0;
  return {std::max(0, box.x0 - width), std::max(0, box.y0 - height), std::min(mask.width, box.x1 + width),
          std::min(mask.height, box.y1 + height)};
}

Camera CameraOf(const Part& part, Camera whole) {
  whole.cx -= part.x0;
  whole.cy -= part.y0;
  whole.width = part.x1 - part.x0;
  whole.height = part.y1 - part.y0;
  return whole.ResizedToLongest(kWindowSize);
}

ImageU8 CutOut(const ImageU8& mask, const Part& part) {
  ImageU8 image(part.x1 - part.x0, part.y1 - part.y0, 1);
  for (int y = 0; y < image.height; ++y)
    for (int x = 0; x < image.width; ++x) image.At(x, y) = mask.At(part.x0 + x, part.y0 + y);
  return image;
}

double Iou(const ImageU8& labels, int label, const ImageU8& mask) {
  int64_t both = 0, either = 0;
  for (size_t i = 0; i < mask.data.size(); ++i) {
    const bool is_shown = labels.data[i] == label, is_masked = mask.data[i] != 0;
    both += is_shown && is_masked;
    either += is_shown || is_masked;
  }
  return either > 0 ? double(both) / double(either) : 0;
}

}  // namespace

MaskFit CompareWithMasks(const mask_aggregator::ObjectModel& model, int label, const mask_decoder::DecodedObject& masks,
                         const scene::Scene& scene, const Job& job) {
  std::vector<int> used;
  for (size_t i = 0; i < masks.views.size(); ++i) {
    const mask_decoder::ViewDecision& view = masks.views[i];
    // Others may have taken all of its pixels: SeparateMasks.
    if (view.used && mask_decoder::CountNonZero(view.mask) > 0) used.push_back(int(i));
  }
  MaskFit fit;
  for (const int i : scene::ThinnedViews(used, kComparedViews)) {
    const mask_decoder::ViewDecision& view = masks.views[size_t(i)];
    const Part part = PartAround(view.mask);
    const Camera camera =
        CameraOf(part, scene.views[size_t(view.view_idx)].camera.Resized(view.mask.width, view.mask.height));
    const double iou = Iou(model.Render(camera, job).labels, label,
                           ResizeNearest(CutOut(view.mask, part), camera.width, camera.height));
    ++fit.num_views;
    fit.num_missed += iou < 0.5;
    fit.mean_iou += iou;
  }
  if (fit.num_views > 0) fit.mean_iou /= fit.num_views;
  return fit;
}

}  // namespace sanerf::segmentation
