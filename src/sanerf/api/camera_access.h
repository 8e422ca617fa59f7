// The library's cameras and those that the rooms work with. Not installed.
#pragma once

#include "sanerf/api/camera.h"
#include "sanerf/core/camera.h"

namespace sanerf::api {

sanerf::Camera ToCamera(const Camera& from);  // throws UsageError for one that shows nothing
Camera FromCamera(const sanerf::Camera& from);

}  // namespace sanerf::api
