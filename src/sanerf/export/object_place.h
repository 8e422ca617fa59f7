// Where objects are: what a camera has to look at to see all of them.
#pragma once

#include <optional>

#include "sanerf/core/geometry.h"
#include "sanerf/core/job.h"
#include "sanerf/export/export_input.h"

namespace sanerf::exports {

struct ObjectPlace {
  Vec3 center = Vec3::Zero();  // file frame
  double radius = 0;           // of a ball around it that holds nearly all of their surface
};

// By the points of their surfaces that the photos see. None when there are none.
std::optional<ObjectPlace> PlaceOf(const ExportInput& input, const Job& job);

}  // namespace sanerf::exports
