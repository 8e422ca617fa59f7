// What the page is shown of the desk. Whoever asks holds the state's mutex.
#pragma once

#include <cstdint>
#include <map>

#include "sanerf/core/json_fwd.h"
#include "sanerf/viewer/desk/desk_state.h"

namespace sanerf::viewer {

// "objects", "answer" and "history" of docs/viewer.md.
Json ShownObjects(const DeskState& state);
Json ShownAnswer(const DeskState& state);
Json ShownHistory(const DeskState& state);

// 0xRRGGBB by label of that answer, of the visible objects.
std::map<int, uint32_t> ColorOfLabel(const DeskState& state, const Answer& answer);

}  // namespace sanerf::viewer
