// Every view of an object with what was decided in it, for the page: where 2D becomes 3D.
#pragma once

#include <map>

#include "sanerf/core/json.h"
#include "sanerf/scene/scene.h"
#include "sanerf/segmentation/prompt_edits.h"

namespace sanerf::viewer {

// How well an object's masks agree with the others, by view; of those that no decision says it of yet.
using AgreementOfView = std::map<int, double>;

// "views" of GET api/strip (docs/viewer.md), one per training view. size: of the working cameras.
Json StripOf(const segmentation::EditedObject& object, const scene::Scene& scene, int size,
             const AgreementOfView& agreement);

// An object of "objects" in the state, without what only the window knows of it (color, status, label).
Json DescribeObject(const segmentation::EditedObject& object, const scene::Scene& scene, int num_views,
                    const AgreementOfView& agreement);

}  // namespace sanerf::viewer
