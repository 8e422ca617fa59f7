// The name of a JSON value, for headers that only pass one on; json.h has the value itself (a costly include).
#pragma once

#include <nlohmann/json_fwd.hpp>

namespace sanerf {

using Json = nlohmann::ordered_json;

}  // namespace sanerf
