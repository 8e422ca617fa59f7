// Options as the flags of a command.
#pragma once

#include <string>
#include <vector>

#include "sanerf/core/json_fwd.h"

namespace sanerf::pipeline {

// " --preset fast --set nerf.iters=900": what differs from the built-in values in these stages of `options`
// (ToJson of Settings), by the preset that says the most of it.
std::string FlagsFor(const Json& options, const std::vector<std::string>& stages);

}  // namespace sanerf::pipeline
