// One object by itself, for the report: its prompts, cut out, and from all around.
#pragma once

#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/experiments/eval/report_page.h"
#include "sanerf/mask_aggregator/object_model.h"
#include "sanerf/mask_decoder/prompts.h"
#include "sanerf/nerf/model.h"
#include "sanerf/scene/scene.h"

namespace sanerf::experiments {

struct FiguredObject {
  const scene::Scene& scene;
  const nerf::NerfModel& nerf;
  const mask_aggregator::ObjectModel& field;
  int label;  // in the field
  const mask_decoder::ObjectPrompt& prompt;
};

// What the fields show of it from a camera.
struct ObjectView {
  Camera camera;
  nerf::RenderedView radiance;
  ImageU8 labels, mask;
};
ObjectView RenderObject(const FiguredObject& object, const Camera& camera, const Job& job);
// The one that shows the most of the object; null when none shows any of it.
const ObjectView* LargestOf(const std::vector<ObjectView>& views);

// Of a view's pictures, `size` pixels along the longest side, no more than the photo has.
Camera PictureCamera(const scene::View& view, int size);

// The photos that the object was prompted in, with the prompts, and the object cut out of the view that shows the most
// of it. Those that cannot be made are left out.
std::vector<ReportFigure> FiguresOf(const FiguredObject& object, const std::vector<ObjectView>& views, int size,
                                    const Job& job);

// Frames once around the object, from where the scene's cameras are: it in its colors, the rest dark. None when it is
// nowhere to be seen.
std::vector<ReportPicture> TurntableOf(const FiguredObject& object, const Job& job);

}  // namespace sanerf::experiments
