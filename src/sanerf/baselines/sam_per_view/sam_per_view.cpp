#include "sanerf/baselines/sam_per_view/sam_per_view.h"

#include <algorithm>

#include "sanerf/core/image_ops.h"
#include "sanerf/mask_decoder/lift.h"
#include "sanerf/mask_decoder/places.h"

namespace sanerf {
namespace {

// The mask at another size, its outline smooth.
ImageU8 ResizeMask(const ImageU8& mask, int width, int height) {
  if (mask.width == width && mask.height == height) return mask;
  ImageU8 resized = Resize(mask, width, height);
  for (uint8_t& value : resized.data) value = value >= 128 ? 255 : 0;
  return resized;
}

}  // namespace

std::vector<LiftedPoint> PointsOnObject(const ObjectPrompt& object, const DecodeContext& context) {
  std::vector<LiftedPoint> points = LiftPrompts(object, context.scene, context.container);
  const bool has_positive =
      std::any_of(points.begin(), points.end(), [](const LiftedPoint& point) { return point.label == 1; });
  if (has_positive && context.options.seed_points == 0) return points;
  const std::vector<int> prompted = PromptedViews({{object}}, context.scene);
  if (prompted.empty()) return points;
  return DecodeMasks(object, context, prompted).points;
}

void SamPerView::Fit(const Prompts& prompts) {
  objects_.clear();
  for (const ObjectPrompt& object : prompts.objects) {
    ViewDecider decider = MakeDecider(object, Context());
    std::vector<LiftedPoint> points = PointsOnObject(object, Context());
    objects_.push_back({std::move(decider), std::move(points)});
  }
}

std::vector<ImageU8> SamPerView::MasksFor(int view_idx) {
  if (!container_->Has(view_idx)) container_->Features(view_idx);  // throws the container's own error
  const Camera& photo = scene_.views.at(size_t(view_idx)).camera;
  std::vector<ImageU8> masks;
  for (const Lifted& object : objects_) {
    const ViewDecision decision =
        object.decider.Decide(view_idx, object.points, {/*needed=*/1, /*positives_only=*/true});
    masks.push_back(decision.mask.empty() ? ImageU8(photo.width, photo.height, 1)
                                          : ResizeMask(decision.mask, photo.width, photo.height));
  }
  return masks;
}

}  // namespace sanerf
