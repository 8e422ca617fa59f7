#include "sanerf/segmentation/prompt_edits.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "sanerf/core/check.h"
#include "sanerf/core/error.h"

namespace sanerf::segmentation {

using mask_decoder::BoxPrompt;
using mask_decoder::ObjectPrompt;

namespace {

void CheckNameIsFree(const std::vector<EditedObject>& objects, const std::string& name) {
  for (const EditedObject& object : objects)
    if (object.about.name == name) throw UsageError("two objects are named '" + name + "'");
}

const char* KindOf(const Prompt& prompt) {
  constexpr const char* kKinds[] = {"point", "click", "box"};
  return kKinds[prompt.index()];
}

// Of the state, which may be const.
template <class State>
auto& Find(State& state, ObjectId id) {
  for (auto& object : state)
    if (object.id == id) return object;
  throw UsageError(fmt::format("there is no object {}", int64_t(id)));
}

// The prompt's object and its position there.
std::pair<EditedObject*, size_t> Find(std::vector<EditedObject>& state, PromptId id) {
  for (EditedObject& object : state)
    for (size_t i = 0; i < object.prompts.size(); ++i)
      if (object.prompts[i].id == id) return {&object, i};
  throw UsageError(fmt::format("there is no prompt {}", int64_t(id)));
}

}  // namespace

const EditedObject& PromptEdits::Object(ObjectId id) const { return Find(history_.now, id); }

mask_decoder::Prompts PromptEdits::AsPrompts() const {
  mask_decoder::Prompts prompts;
  for (const EditedObject& object : history_.now) prompts.objects.push_back(object.AsPrompt());
  return prompts;
}

LabeledObjects PromptEdits::Labeled() const {
  LabeledObjects labeled;
  for (const EditedObject& object : history_.now) {
    if (!object.masks) continue;
    labeled.ids.push_back(object.id);
    labeled.prompts.objects.push_back(object.AsPrompt());
    labeled.masks.push_back(object.masks);
  }
  return labeled;
}

void PromptEdits::Append(const ObjectPrompt& more, EditedObject* object) {
  const auto append = [&](const Prompt& prompt) { object->prompts.push_back({PromptId(NextId()), prompt}); };
  for (const mask_decoder::PointPrompt& point : more.points) append(point);
  for (const mask_decoder::ClickPrompt& click : more.clicks) append(click);
  for (const BoxPrompt& box : more.boxes) append(box);
}

ObjectId PromptEdits::Append(const ObjectPrompt& object, State* state) {
  CheckNameIsFree(*state, object.name);
  EditedObject added{ObjectId(NextId()), object, {}, MaskState::kNone, nullptr};
  added.about.points.clear();
  added.about.clicks.clear();
  added.about.boxes.clear();
  Append(object, &added);
  added.edition = NextId();
  state->push_back(std::move(added));
  return state->back().id;
}

ObjectId PromptEdits::AddObject(const ObjectPrompt& object) {
  State next = history_.now;
  const ObjectId id = Append(object, &next);
  history_.Commit(std::move(next), "add object");
  return id;
}

std::vector<ObjectId> PromptEdits::AddObjects(const mask_decoder::Prompts& objects, const std::string& edit) {
  State next = history_.now;
  std::vector<ObjectId> ids;
  for (const ObjectPrompt& object : objects.objects) ids.push_back(Append(object, &next));
  history_.Commit(std::move(next), edit);
  return ids;
}

void PromptEdits::TakeOver(const std::vector<MadeObject>& objects, const std::string& edit) {
  State next = history_.now;
  for (const MadeObject& made : objects) {
    const auto old = std::find_if(next.begin(), next.end(),
                                  [&](const auto& object) { return object.about.name == made.about.name; });
    State appended;
    Append(made.about, &appended);
    EditedObject& object = appended.front();
    object.uses = made.uses;
    object.masks = made.masks;
    object.state = made.masks ? MaskState::kRefined : MaskState::kNone;
    if (old == next.end()) {
      next.push_back(std::move(object));
    } else {
      object.id = old->id;
      *old = std::move(object);
    }
  }
  history_.Commit(std::move(next), edit);
}

void PromptEdits::RenameObject(ObjectId id, const std::string& name) {
  if (Object(id).about.name == name) return;
  CheckNameIsFree(history_.now, name);
  State next = history_.now;
  Find(next, id).about.name = name;
  history_.Commit(std::move(next), "rename object");
}

void PromptEdits::RemoveObject(ObjectId id) {
  State next = history_.now;
  next.erase(next.begin() + (&Find(next, id) - next.data()));
  history_.Commit(std::move(next), "remove object");
}

void PromptEdits::AddPrompts(ObjectId id, const ObjectPrompt& more) {
  State next = history_.now;
  EditedObject& object = Find(next, id);
  if (more.instance >= 0) object.about.instance = more.instance;
  if (more.min_visible > 0) object.about.min_visible = more.min_visible;
  for (const BoxPrompt& box : more.boxes)
    std::erase_if(object.prompts, [&](const PlacedPrompt& old) {
      const auto* old_box = std::get_if<BoxPrompt>(&old.prompt);
      return old_box != nullptr && old_box->view == box.view;
    });
  Append(more, &object);
  object.Outdate(MaskState::kOutgrown, NextId());
  const bool is_box = more.points.empty() && more.clicks.empty() && more.boxes.size() == 1;
  history_.Commit(std::move(next), is_box ? "add box" : "add prompts");
}

PromptId PromptEdits::AddPrompt(ObjectId id, const Prompt& prompt) {
  State next = history_.now;
  EditedObject& object = Find(next, id);
  const PromptId added = PromptId(NextId());
  object.prompts.push_back({added, prompt});
  object.Outdate(MaskState::kOutgrown, NextId());
  history_.Commit(std::move(next), fmt::format("add {}", KindOf(prompt)));
  return added;
}

void PromptEdits::MovePrompt(PromptId id, const Prompt& to) {
  State next = history_.now;
  const auto [object, i] = Find(next, id);
  if (object->prompts[i].prompt.index() != to.index())
    throw UsageError(fmt::format("prompt {} is of another kind", int64_t(id)), "", "remove it and add the new one");
  object->prompts[i].prompt = to;
  object->Outdate(MaskState::kWithdrawn, NextId());
  const auto* click = std::get_if<mask_decoder::ClickPrompt>(&to);
  const bool is_choice = click != nullptr && click->candidate >= 0;  // of one of SAM's masks: the place stays
  history_.Commit(std::move(next), is_choice ? "choose mask" : fmt::format("move {}", KindOf(to)));
}

void PromptEdits::RemovePrompt(PromptId id) {
  State next = history_.now;
  const auto [object, i] = Find(next, id);
  const std::string edit = fmt::format("remove {}", KindOf(object->prompts[i].prompt));
  object->prompts.erase(object->prompts.begin() + std::ptrdiff_t(i));
  object->Outdate(MaskState::kWithdrawn, NextId());
  history_.Commit(std::move(next), edit);
}

void PromptEdits::UseView(ObjectId id, const std::string& view, mask_decoder::ViewUse use) {
  if (Object(id).UseOf(view) == use) return;
  State next = history_.now;
  Find(next, id).Use(view, use, NextId());
  constexpr const char* kEdits[] = {"let a view decide", "drop view", "keep view"};
  history_.Commit(std::move(next), kEdits[size_t(use)]);
}

bool PromptEdits::Undo() {
  if (!history_.Undo()) return false;
  ++num_rewinds_;
  return true;
}

bool PromptEdits::Redo() {
  if (!history_.Redo()) return false;
  ++num_rewinds_;
  return true;
}

void PromptEdits::SetMasks(ObjectId id, std::shared_ptr<const mask_decoder::DecodedObject> masks, MaskState state) {
  SANERF_CHECK((masks == nullptr) == (state == MaskState::kNone));
  EditedObject& object = Find(history_.now, id);
  object.masks = std::move(masks);
  object.state = state;
}

PromptEdits PromptEdits::Select(const std::function<Part(const EditedObject&)>& part_of) const {
  PromptEdits selected;
  for (const EditedObject& object : history_.now) {
    const Part part = part_of(object);
    if (part == Part::kNone || (part == Part::kHeld && object.masks == nullptr)) continue;
    selected.history_.now.push_back(object);
    if (part == Part::kHeld) selected.history_.now.back().state = MaskState::kHeld;
  }
  selected.num_rewinds_ = num_rewinds_;
  selected.history_.last_id = history_.last_id;
  return selected;
}

void PromptEdits::TakeMasks(const PromptEdits& made) {
  std::map<int64_t, const EditedObject*> by_edition;
  for (const EditedObject& object : made.history_.now)
    if (object.state != MaskState::kHeld) by_edition[object.edition] = &object;
  history_.ForEach([&](EditedObject& object) {
    const auto found = by_edition.find(object.edition);
    if (found == by_edition.end() || found->second->id != object.id) return;
    object.masks = found->second->masks;
    object.state = found->second->state;
  });
}

void PromptEdits::OutdateAll() {
  history_.ForEach(
      [](EditedObject& object) { object.state = object.masks ? MaskState::kWithdrawn : MaskState::kNone; });
}

}  // namespace sanerf::segmentation
