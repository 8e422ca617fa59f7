// JSON with numbers that JSON does not know: Python, MATLAB and C++ programs write them when poses could not be found.
#pragma once

#include <filesystem>

#include "sanerf/core/json_fwd.h"

namespace sanerf::scene {

// As ReadJsonFile; NaN, Infinity, -Infinity, nan, -inf, -nan(ind), 1.#QNAN and numbers beyond a double's, outside of
// text, become texts ("NaN") that no reader takes for a number. Lines stay what they are.
Json ReadForgivingJson(const std::filesystem::path& path);

// Whether a value that should be a number is none that is finite: such a text, or the null that JavaScript writes.
bool IsNotFinite(const Json& value);
// The same of anything in it, at any depth.
bool HoldsNotFinite(const Json& value);

}  // namespace sanerf::scene
