#include "sanerf/segmentation/mask_fit.h"

#include <algorithm>
#include <map>
#include <vector>

#include "sanerf/core/image_ops.h"
#include "sanerf/core/pixel_window.h"
#include "sanerf/scene/choose_views.h"
#include "sanerf/segmentation/label_views.h"

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

// By view, as the field was taught them.
using Labels = std::map<int, ImageU8>;

Labels PaintedLabels(const mask_decoder::ObjectMasks& masks, const Job& job) {
  Labels labels;
  for (size_t o = 0; o < masks.size(); ++o)
    for (const mask_decoder::ViewDecision& view : masks[o].views) {
      if (!view.used || labels.count(view.view_idx) > 0) continue;
      job.ThrowIfStopped("comparing the field with its masks");
      labels[view.view_idx] = PaintLabelImage(masks, view.view_idx);
    }
  return labels;
}

MaskFit FitOf(int label, const Labels& labels, const mask_aggregator::ObjectModel& model, const scene::Scene& scene,
              const Job& job) {
  std::vector<int> views;  // others may have taken all pixels of a mask
  for (const auto& [view_idx, painted] : labels)
    if (std::find(painted.data.begin(), painted.data.end(), label) != painted.data.end()) views.push_back(view_idx);
  MaskFit fit;
  for (const int view_idx : scene::ThinnedViews(views, kComparedViews)) {
    const ImageU8 mask = MaskOfLabel(labels.at(view_idx), label);
    const PixelWindow window = WindowAround(mask);
    const Camera camera = CameraOf(window, scene.views[size_t(view_idx)].camera.Resized(mask.width, mask.height));
    const double iou =
        Iou(model.Render(camera, job).labels, label, ResizeNearest(Cut(mask, window), camera.width, camera.height));
    ++fit.num_views;
    fit.num_missed += iou < 0.5;
    fit.mean_iou += iou;
  }
  if (fit.num_views > 0) fit.mean_iou /= fit.num_views;
  return fit;
}

}  // namespace

std::vector<MaskFit> CompareWithMasks(const mask_aggregator::ObjectModel& model, const mask_decoder::ObjectMasks& masks,
                                      const scene::Scene& scene, const Job& job) {
  const Labels labels = PaintedLabels(masks, job);
  std::vector<MaskFit> fits;
  for (size_t o = 0; o < masks.size(); ++o) fits.push_back(FitOf(int(o) + 1, labels, model, scene, job));
  return fits;
}

}  // namespace sanerf::segmentation
