#include "sanerf/segmentation/prompt_places.h"

#include <fmt/format.h>

#include "sanerf/core/error.h"
#include "sanerf/mask_decoder/places.h"
#include "sanerf/scene/choose_views.h"

namespace sanerf::segmentation {
namespace {

template <class Prompt>
void CheckNotHeldOut(const Prompt& prompt, const scene::Scene& scene) {
  const scene::View& view = scene.views[size_t(scene.FindView(prompt.view))];
  if (!view.is_test) return;
  const int nearest = scene::NearestView(scene, view.camera, scene.TrainViews());
  throw UsageError(mask_decoder::Describe(prompt, view) + " is in a held-out photo",
                   "held-out photos are for scoring alone",
                   fmt::format("take {}, the nearest training photo; train --test-every 0 holds none out, unless the "
                               "scene has a split",
                               scene.views[size_t(nearest)].name));
}

}  // namespace

void CheckPromptPlaces(const mask_decoder::ObjectPrompt& object, const scene::Scene& scene) {
  mask_decoder::CheckPlaces(object, scene);
  for (const mask_decoder::ClickPrompt& click : object.clicks) CheckNotHeldOut(click, scene);
  for (const mask_decoder::BoxPrompt& box : object.boxes) CheckNotHeldOut(box, scene);
}

}  // namespace sanerf::segmentation
