#include "sanerf/viewer/desk/shown_state.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sanerf/core/json.h"
#include "sanerf/viewer/desk/colors.h"
#include "sanerf/viewer/desk/strip.h"

namespace sanerf::viewer {

using segmentation::EditedObject;

const char* NameOf(ObjectStatus status) {
  constexpr const char* kNames[] = {"empty", "working", "answered", "unfinished", "stale"};
  return kNames[int(status)];
}

ObjectStatus StatusOf(const EditedObject& object, const DeskState& state) {
  if (mask_decoder::WhyUnusable(object.AsPrompt())) return ObjectStatus::kEmpty;
  if (state.failed.count(object.edition) != 0 && state.all_encoded) return ObjectStatus::kStale;
  const int label = state.answer->LabelOf(object.id);
  const bool is_shown = label > 0 && state.answer->snapshot.objects.masks[size_t(label) - 1] == object.masks;
  if (is_shown && !DeskState::IsDirty(object)) {
    const bool is_final = object.state == segmentation::MaskState::kRefined;
    if (state.IsProvisional() || (is_final && (state.is_fitted || !state.wants_field))) return ObjectStatus::kAnswered;
    if (is_final && state.is_idle) return ObjectStatus::kUnfinished;
  }
  return state.is_idle ? ObjectStatus::kStale : ObjectStatus::kWorking;
}

Json ShownObjects(const DeskState& state, const IouOfObject& iou_of) {
  const int num_views = int(state.scene.TrainViews().size());
  Json objects = Json::array();
  for (const EditedObject& object : state.edits.objects()) {
    const auto found = state.looks.find(object.id);
    const ObjectDisplay look = found == state.looks.end() ? ObjectDisplay() : found->second;
    const int label = state.answer->LabelOf(object.id);
    Json json = DescribeObject(object, state.scene, num_views, state.AgreementOf(object));
    json["color"] = HexColor(ColorOf(look.color));
    json["visible"] = look.visible;
    json["solo"] = look.solo;
    json["label"] = label > 0 ? Json(label) : Json(nullptr);
    const ObjectStatus status = StatusOf(object, state);
    json["status"] = NameOf(status);
    const auto iou = status == ObjectStatus::kAnswered && iou_of ? iou_of(object.id) : std::nullopt;
    json["iou"] = iou ? Json(*iou) : Json(nullptr);
    const auto failure = state.failed.find(object.edition);
    if (const auto why = mask_decoder::WhyUnusable(object.AsPrompt()); why && !object.prompts.empty()) {
      json["problem"] = *why;
    } else if (failure != state.failed.end() && state.all_encoded) {
      json["problem"] = failure->second;
    }
    objects.push_back(json);
  }
  return objects;
}

Json ShownAnswer(const DeskState& state) {
  const Answer& answer = *state.answer;
  Json rows = Json::array();
  for (const auto& [seconds, agreement] : state.curve) rows.push_back({seconds, agreement});
  std::set<int> views;
  for (const auto& masks : answer.snapshot.objects.masks)
    for (const mask_decoder::ViewDecision& view : masks->views)
      if (view.used) views.insert(view.view_idx);
  return {{"revision", answer.revision},    {"kind", NameOf(answer.kind)}, {"views", views.size()},
          {"steps", answer.snapshot.steps}, {"agreement", rows},           {"seconds", answer.seconds}};
}

Json ShownHistory(const DeskState& state) {
  const auto name_or_null = [](const std::optional<std::string>& name) { return name ? Json(*name) : Json(nullptr); };
  return {{"undo", name_or_null(state.edits.undo_name())}, {"redo", name_or_null(state.edits.redo_name())}};
}

std::map<int, uint32_t> ColorOfLabel(const DeskState& state, const Answer& answer) {
  const std::vector<EditedObject>& objects = state.edits.objects();
  const bool has_solo = std::any_of(objects.begin(), objects.end(), [&](const EditedObject& object) {
    const auto look = state.looks.find(object.id);
    return look != state.looks.end() && look->second.solo;
  });
  std::map<int, uint32_t> colors;
  for (const EditedObject& object : objects) {
    const auto look = state.looks.find(object.id);
    const int label = answer.LabelOf(object.id);
    if (label < 0 || look == state.looks.end()) continue;
    if (has_solo ? look->second.solo : look->second.visible) colors[label] = ColorOf(look->second.color);
  }
  return colors;
}

}  // namespace sanerf::viewer
