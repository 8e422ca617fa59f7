// Which views to begin with: those that see what was clicked best, and from the most different sides. A few of them say
// nearly as much as all.
#pragma once

#include <functional>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/mask_decoder/mask_decoder.h"
#include "sanerf/nerf/model.h"

namespace sanerf::segmentation {

struct ViewsToOrder {
  const scene::Scene& scene;
  std::vector<Vec3> points;  // positive ones, file frame
  std::vector<int> first;    // come first, in this order, whatever they see: the prompted ones
  std::vector<int> views;    // to choose from
  int count = 0;             // so many at the most; 0 = all
};
// Whether enough of the points are visible in the view. Asked only of views that are about to be taken, since the
// answer may cost something.
using SeesPoints = std::function<bool(int view_idx)>;

// Each next view is the one that is best by (how many of the points it frames) x (how near it is) x (how far its line
// of sight is turned from those of the views before it). Views that frame no point or do not see them are left out.
// Deterministic.
std::vector<int> BestAndMostDifferent(const ViewsToOrder& request, const SeesPoints& sees);

// Of `views` that are encoded, at most `count` to decode the object in first. Throws what PointsOnObject throws.
std::vector<int> FirstViews(const mask_decoder::ObjectPrompt& object, const mask_decoder::DecodeContext& context,
                            const std::vector<int>& views, int count, const Job& job);

// Of `views` those that see one of the objects, in the order in which they are to be decoded: the prompted ones, then
// those that are encoded already, then those that help most. There is no depth of a view that is not encoded: where the
// points are visible the radiance field says. Throws NoMaskError where the prompted views alone do not say what is
// meant, InterruptedError.
struct OrderedViews {
  std::vector<int> views;
  size_t num_encoded = 0;  // come first, whatever they see
};
OrderedViews OrderToDecode(const mask_decoder::Prompts& prompts, const mask_decoder::DecodeContext& context,
                           const std::vector<int>& views, const nerf::NerfModel& nerf, const Job& job);

}  // namespace sanerf::segmentation
