// What a scene or a run is: for `info`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/run/run_folder.h"
#include "sanerf/scene/scene.h"

namespace sanerf::run {

Json DescribeScene(const scene::Scene& scene);
// Stages with their states (stale ones marked), objects with their scores, bytes on disk; of the scene its held-out
// views, or as "problem" and "hint" why the run cannot use what is in its place now. Of large files opens only photos
// that are new or have changed.
struct RunDescription {
  Json json;
  std::optional<scene::Scene> scene;  // when the run can use it
};
RunDescription DescribeRun(const RunFolder& run, const Job& job);

}  // namespace sanerf::run
