#include "sanerf/viewer/desk/prompted_views.h"

#include <algorithm>

#include "sanerf/mask_decoder/places.h"

namespace sanerf::viewer {
namespace {

bool FramesPoint(const Camera& camera, const mask_decoder::ObjectPrompt& prompt) {
  return std::any_of(prompt.points.begin(), prompt.points.end(), [&](const mask_decoder::PointPrompt& point) {
    const auto px = camera.Project(point.p);
    return point.label == 1 && px && camera.Contains(*px);
  });
}

}  // namespace

bool HasPromptedViews(const mask_decoder::ObjectPrompt& prompt, const segmentation::SegmentationInput& ground,
                      bool all_encoded) {
  const std::vector<int> prompted = mask_decoder::PromptedViews({{prompt}}, *ground.scene);
  if (!prompted.empty())
    return std::all_of(prompted.begin(), prompted.end(), [&](int view) { return ground.features->Has(view); });
  return std::any_of(ground.views.begin(), ground.views.end(), [&](int view) {
    return ground.features->Has(view) && (all_encoded || FramesPoint(ground.scene->views[size_t(view)].camera, prompt));
  });
}

std::vector<Vec3> PromptedPoints(const segmentation::PromptEdits& edits) {
  std::vector<Vec3> points;
  for (const segmentation::EditedObject& object : edits.objects()) {
    if (object.masks) {
      for (const mask_decoder::LiftedPoint& point : object.masks->points)
        if (point.label == 1) points.push_back(point.p_file);
      continue;
    }
    for (const mask_decoder::PointPrompt& point : object.AsPrompt().points)
      if (point.label == 1) points.push_back(point.p);
  }
  return points;
}

}  // namespace sanerf::viewer
