#include "sanerf/segmentation/mask_fit.h"

#include <algorithm>
#include <vector>

#include "sanerf/core/image_ops.h"
#include "sanerf/core/pixel_window.h"
#include "sanerf/mask_decoder/view_decider.h"
#include "sanerf/scene/choose_views.h"

namespace sanerf::segmentation {
namespace {

// So that it costs next to nothing beside the fitting, also of many objects.
constexpr int kComparedViews = 5;
constexpr int kWindowSize = 48;  // longest side, pixels

// Of the mask, which is not empty, with as much again on all sides.
PixelWindow WindowAround(const ImageU8& mask) {
  const PixelWindow window = WindowOf(mask);
  return window.Grown(window.width(), window.height(), mask.width, mask.height);
}

Camera CameraOf(const PixelWindow& window, Camera whole) {
  whole.cx -= window.x0;
  whole.cy -= window.y0;
  whole.width = window.width();
  whole.height = window.height();
  return whole.ResizedToLongest(kWindowSize);
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
    const PixelWindow window = WindowAround(view.mask);
    const Camera camera =
        CameraOf(window, scene.views[size_t(view.view_idx)].camera.Resized(view.mask.width, view.mask.height));
    const double iou = Iou(model.Render(camera, job).labels, label,
                           ResizeNearest(Cut(view.mask, window), camera.width, camera.height));
    ++fit.num_views;
    fit.num_missed += iou < 0.5;
    fit.mean_iou += iou;
  }
  if (fit.num_views > 0) fit.mean_iou /= fit.num_views;
  return fit;
}

}  // namespace sanerf::segmentation
