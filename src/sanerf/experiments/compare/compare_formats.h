// The comparison for other programs: CSV, and JSON and back.
#pragma once

#include <string>
#include <vector>

#include "sanerf/core/json_fwd.h"
#include "sanerf/experiments/compare/compare_result.h"

namespace sanerf::experiments {

// One line per scene, method, seed and object.
std::string ToCsv(const std::vector<CompareResult>& scenes);

Json ToJson(const MethodResult& result);
MethodResult MethodResultFrom(const JsonCursor& json);  // throws Error with file and key when something is missing
Json ToJson(const CompareResult& result);

}  // namespace sanerf::experiments
