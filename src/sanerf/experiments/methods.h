// The method and all that it is compared with, by name.
#pragma once

#include <string>
#include <vector>

#include "sanerf/pipeline/method.h"

namespace sanerf {

// kOwnMethod first, of either kind.
const std::vector<Method>& Methods();
// Throws UsageError with the nearest names.
const Method& FindMethod(const std::string& name, bool is_automatic = false);

}  // namespace sanerf
