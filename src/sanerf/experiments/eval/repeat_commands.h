// The commands that a run was made by, from what it recorded.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "sanerf/core/json_fwd.h"
#include "sanerf/run/object_store.h"
#include "sanerf/run/run_folder.h"
#include "sanerf/scene/scene.h"

namespace sanerf::experiments {

// What each does, and the command with absolute paths, to be pasted into a shell.
std::vector<std::pair<std::string, std::string>> CommandsToRepeat(const run::RunFolder& run, const scene::Scene& scene,
                                                                  const std::vector<run::StoredObject>& objects);

// " --preset fast --set nerf.iters=900": what differs from the built-in values in these stages of `options`
// (pipeline::Settings), by the preset that says the most of it.
std::string FlagsFor(const Json& options, const std::vector<std::string>& stages);

}  // namespace sanerf::experiments
