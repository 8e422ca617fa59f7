// What a scene, a run or this machine is: for `info` and `doctor`.
#pragma once

#include <string>
#include <vector>

#include "sanerf/core/json_fwd.h"
#include "sanerf/run/run_folder.h"

namespace sanerf::run {

Json DescribeScene(const scene::Scene& scene);
// Stages with their states (stale ones marked), objects with their scores, bytes on disk. Opens no large file.
Json DescribeRun(const RunFolder& run);

struct DoctorRow {
  std::string what, found;
  bool ok = true;
  std::string hint;  // when not ok
};
std::vector<DoctorRow> Diagnose();

}  // namespace sanerf::run
