// Fewer views than there are.
#pragma once

#include <set>
#include <vector>

#include "sanerf/scene/scene.h"

namespace sanerf::scene {

// At most `count` of the views, evenly chosen in their order. 0 = all.
std::vector<int> ThinnedViews(const std::vector<int>& views, int count);
// The same with those of `wanted` among them first, however many these are.
std::vector<int> ThinnedViews(const std::vector<int>& views, int count, const std::set<int>& wanted);
// `count` of the views whose cameras are spread widest: each next one is the farthest from those before. 0 = all.
std::vector<int> SpreadViews(const Scene& scene, const std::vector<int>& views, int count);
// Of `views` the one that shows most nearly what `camera` (file frame) sees: by the camera's center and by the point
// one model unit in front of it, about where what is photographed lies. -1 = there are no views.
int NearestView(const Scene& scene, const Camera& camera, const std::vector<int>& views);

}  // namespace sanerf::scene
