#include "sanerf/segmentation/views_to_segment.h"

#include "sanerf/mask_decoder/places.h"
#include "sanerf/scene/choose_views.h"

namespace sanerf::segmentation {

std::vector<int> ViewsToSegment(const mask_decoder::Prompts& prompts, const scene::Scene& scene, int max_views) {
  const std::vector<int> clicked = mask_decoder::PromptedViews(prompts, scene);
  return scene::ThinnedViews(scene.TrainViews(), max_views, {clicked.begin(), clicked.end()});
}

}  // namespace sanerf::segmentation
