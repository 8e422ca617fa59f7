// The commands that a run was made by, from what it recorded.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "sanerf/run/object_store.h"
#include "sanerf/run/run_folder.h"
#include "sanerf/scene/scene.h"

namespace sanerf::experiments {

// What each does, and the command with absolute paths, to be pasted into a shell.
std::vector<std::pair<std::string, std::string>> CommandsToRepeat(const run::RunFolder& run, const scene::Scene& scene,
                                                                  const std::vector<run::StoredObject>& objects);

}  // namespace sanerf::experiments
