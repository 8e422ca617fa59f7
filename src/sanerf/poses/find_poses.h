// From photos or a video to a scene with poses: the steps of `sanerf poses`.
#pragma once

#include <filesystem>
#include <string>

#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/poses/options.h"
#include "sanerf/poses/report.h"

namespace sanerf::poses {

struct PosesRequest {
  std::filesystem::path input;  // a folder of photos or a video
  std::filesystem::path scene;  // the folder to make
};

struct PosesResult {
  std::filesystem::path scene;  // absolute
  PosesReport report;           // of a scene that was there already empty but for what the file says
  Json json;                    // the report, as poses_report.json has it
  std::string text;             // and for people
  bool reused = false;          // the scene was made from the same photos with the same options before
  double seconds = 0;
};

// Makes `scene`, a folder that COLMAP and what reads its workspaces open as well: images/, sparse/0 (binary) and
// poses_report.json. Its world has z up, what the cameras look at together in its origin and the farthest camera at
// distance 1. What every step left is kept in SCENE.poses (WorkFolder): interrupted, the same command goes on.
// The scene appears as a whole at the end, or not at all; an earlier one of this command is replaced.
// Throws Error for photos of which no poses can be found, tools that are missing or fail; InterruptedError.
PosesResult FindPoses(const PosesRequest& request, const PosesOptions& options, const Job& job);

}  // namespace sanerf::poses
