// The names of a JSON value and of its cursor, for headers that only pass them on; json.h has them themselves (a costly
// include), json_box.h a value as a member.
#pragma once

#include <nlohmann/json_fwd.hpp>

namespace sanerf {

using Json = nlohmann::ordered_json;
class JsonCursor;

}  // namespace sanerf
