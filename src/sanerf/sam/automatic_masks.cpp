#include "sanerf/sam/automatic_masks.h"

#include <fmt/format.h>

#include <algorithm>

#include "sanerf/core/error.h"
#include "sanerf/core/job.h"
#include "sanerf/core/options.h"
#include "sanerf/core/pixel_window.h"

namespace sanerf::sam {
namespace {

SamPrompt::Box BoxAround(const BitMask& mask) {
  const PixelWindow window = WindowOf(mask.width(), mask.height(), [&](int x, int y) { return mask.At(x, y); });
  return {float(window.x0), float(window.y0), float(window.x1), float(window.y1)};
}

float BoxIou(const SamPrompt::Box& a, const SamPrompt::Box& b) {
  const auto area = [](const SamPrompt::Box& box) { return (box.x1 - box.x0) * (box.y1 - box.y0); };
  const float width = std::min(a.x1, b.x1) - std::max(a.x0, b.x0), height = std::min(a.y1, b.y1) - std::max(a.y0, b.y0);
  const float both = std::max(width, 0.f) * std::max(height, 0.f);
  return both / (area(a) + area(b) - both);
}

// The mask at the raised threshold lies within that at the lowered one, so their IoU is the ratio of their areas.
float Stability(const ImageF& logits, float offset) {
  int64_t raised = 0, lowered = 0;
  for (const float logit : logits.data) {
    raised += logit > offset;
    lowered += logit > -offset;
  }
  return lowered > 0 ? float(double(raised) / double(lowered)) : 0;
}

// Best rated first; a mask that is much like a better one goes.
void RemoveRepeated(const AutomaticMaskOptions& options, std::vector<AutomaticMask>* masks) {
  std::stable_sort(masks->begin(), masks->end(),
                   [](const AutomaticMask& a, const AutomaticMask& b) { return a.predicted_iou > b.predicted_iou; });
  std::vector<AutomaticMask> kept;
  for (AutomaticMask& mask : *masks) {
    const bool is_repeated = std::any_of(kept.begin(), kept.end(), [&](const AutomaticMask& better) {
      return BoxIou(mask.box, better.box) > options.nms || mask.mask.Iou(better.mask) > options.duplicate;
    });
    if (!is_repeated) kept.push_back(std::move(mask));
  }
  *masks = std::move(kept);
}

class Generator {
 public:
  Generator(const Sam& sam, int width, int height, const AutomaticMaskOptions& options, const Job& job)
      : sam_(sam), width_(width), height_(height), options_(options), job_(job), answered_(width, height) {}

  void Ask(int x, int y) {
    if (answered_.At(x, y)) return;
    SamPrompt prompt;
    prompt.points = {{float(x) + 0.5f, float(y) + 0.5f, 1}};
    for (const SamMask& candidate : sam_.Predict(prompt, true, job_)) Consider(candidate);
  }
  std::vector<AutomaticMask> Take() {
    RemoveRepeated(options_, &masks_);
    return std::move(masks_);
  }

 private:
  void Consider(const SamMask& candidate) {
    if (candidate.predicted_iou < options_.predicted_iou) return;
    const ImageF logits = sam_.ToImageFrame(candidate);
    const float stability = Stability(logits, options_.stability_offset);
    if (stability < options_.stability) return;
    BitMask mask = BitMask::Above(logits, 0.f);
    const double share = double(mask.Count()) / (double(width_) * height_);
    if (share <= 0 || share < options_.min_area) return;
    if (share <= options_.skip_area && stability >= options_.skip_stability) answered_.Add(mask);
    const SamPrompt::Box box = BoxAround(mask);
    masks_.push_back({std::move(mask), box, candidate.predicted_iou, stability, candidate.candidate});
    // What is distinguished only by rating waits no longer than this: a view's candidates stay few.
    constexpr size_t kManyMasks = 256;
    if (masks_.size() >= kManyMasks) RemoveRepeated(options_, &masks_);
  }

  const Sam& sam_;
  int width_, height_;
  const AutomaticMaskOptions& options_;
  const Job& job_;
  BitMask answered_;  // pixels on a mask that answers for them
  std::vector<AutomaticMask> masks_;
};

}  // namespace

std::vector<AutomaticMask> GenerateMasks(const Sam& sam, int width, int height, const AutomaticMaskOptions& options,
                                         const std::function<void(int)>& on_point, const Job& job) {
  CheckOptions(options, "auto");
  Generator generator(sam, width, height, options, job);
  for (int i = 0; i < options.grid * options.grid; ++i) {
    if (job.stop_requested()) throw InterruptedError("the search for objects was interrupted", "nothing was written");
    const int column = i % options.grid, row = i / options.grid;
    generator.Ask(int((column + 0.5) / options.grid * width), int((row + 0.5) / options.grid * height));
    if (on_point) on_point(i + 1);
  }
  return generator.Take();
}

}  // namespace sanerf::sam
