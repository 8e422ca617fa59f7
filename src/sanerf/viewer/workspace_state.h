// What the workspace shows of itself: "GET api/state" and "GET api/views" of docs/viewer.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "sanerf/core/json_fwd.h"
#include "sanerf/viewer/commands.h"
#include "sanerf/viewer/downloads/exports.h"
#include "sanerf/viewer/live/work_list.h"
#include "sanerf/viewer/workbench.h"

namespace sanerf::viewer {

// Where it comes from.
struct StateSources {
  const std::string& server;  // what the page knows this server by
  const std::filesystem::path& run;
  const StageFlags& flags;
  Workbench& bench;
  const WorkList& work;
  const Exports& exports;
};

// revision: another one whenever the state has changed.
Json StateOf(const StateSources& sources, int64_t revision);
Json ViewsOf(const scene::Scene& scene);

}  // namespace sanerf::viewer
