#include "sanerf/baselines/sam_per_view/sam_per_view.h"

#include <algorithm>

#include "sanerf/core/image_ops.h"
#include "sanerf/core/job.h"

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

void SamPerView::Fit(const Prompts& prompts, const Job& job) {
  objects_.clear();
  for (const ObjectPrompt& object : prompts.objects) {
    ViewDecider decider = MakeDecider(object, Context());
    std::vector<LiftedPoint> points = PointsOnObject(object, Context(), job);
    objects_.push_back({std::move(decider), std::move(points)});
  }
}

std::vector<ImageU8> SamPerView::MasksFor(int view_idx, const Job& job) {
  if (!container_->Has(view_idx)) container_->Features(view_idx, job);  // throws the container's own error
  const Camera& photo = scene_.views.at(size_t(view_idx)).camera;
  std::vector<ImageU8> masks;
  for (const Lifted& object : objects_) {
    const ViewDecision decision =
        object.decider.Decide(view_idx, object.points, {/*needed=*/1, /*positives_only=*/true}, job);
    masks.push_back(decision.mask.empty() ? ImageU8(photo.width, photo.height, 1)
                                          : ResizeMask(decision.mask, photo.width, photo.height));
  }
  return masks;
}

}  // namespace sanerf
