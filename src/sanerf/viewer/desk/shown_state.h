// What the page is shown of the desk. Whoever asks holds the state's mutex.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>

#include "sanerf/core/json_fwd.h"
#include "sanerf/viewer/desk/desk_state.h"

namespace sanerf::viewer {

enum class ObjectStatus { kEmpty, kWorking, kAnswered, kUnfinished, kStale };
const char* NameOf(ObjectStatus status);  // "empty", as in docs/viewer.md

ObjectStatus StatusOf(const segmentation::EditedObject& object, const DeskState& state);

// How good an object is, where that is known.
using IouOfObject = std::function<std::optional<double>(segmentation::ObjectId)>;

// "objects", "answer" and "history" of docs/viewer.md. iou_of: asked for answered objects; null: of none it is known.
Json ShownObjects(const DeskState& state, const IouOfObject& iou_of = nullptr);
Json ShownAnswer(const DeskState& state);
Json ShownHistory(const DeskState& state);

// 0xRRGGBB by label of that answer, of the visible objects.
std::map<int, uint32_t> ColorOfLabel(const DeskState& state, const Answer& answer);

}  // namespace sanerf::viewer
