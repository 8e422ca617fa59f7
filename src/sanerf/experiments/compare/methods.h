// The method and all that it is compared with, by name.
#pragma once

#include <string>
#include <vector>

#include "sanerf/experiments/eval/method.h"
#include "sanerf/experiments/settings.h"

namespace sanerf::experiments {

// kOwnMethod first, of either kind.
std::vector<Method> Methods(const BaselineOptions& options = {});
// Throws UsageError with the nearest names.
Method FindMethod(const std::string& name, const BaselineOptions& options, bool is_automatic = false);

}  // namespace sanerf::experiments
