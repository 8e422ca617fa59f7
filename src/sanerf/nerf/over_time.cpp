#include "sanerf/nerf/over_time.h"

#include <algorithm>
#include <vector>

#include "sanerf/scene/moments.h"

namespace sanerf::nerf {

int NumMomentsFor(const scene::Scene& scene, const NerfOptions& options) {
  const bool changes = options.over_time == OverTime::kAuto ? scene.is_dynamic : options.over_time == OverTime::kAlways;
  if (!changes) return 1;
  std::vector<const scene::View*> views;
  for (const int i : scene.TrainViews()) views.push_back(&scene.views[size_t(i)]);
  return std::clamp(int(scene::MomentsOf(views).times.size()), 2, int(nn::kGridTimes.high));
}

}  // namespace sanerf::nerf
