#include "sanerf/segmentation/prompt_edits.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sanerf/core/check.h"
#include "sanerf/core/error.h"

namespace sanerf::segmentation {

using mask_decoder::BoxPrompt;
using mask_decoder::ObjectPrompt;

namespace {

constexpr size_t kMostEdits = 100;

void Append(const Prompt& prompt, ObjectPrompt* object) {
  if (const auto* point = std::get_if<mask_decoder::PointPrompt>(&prompt)) object->points.push_back(*point);
  if (const auto* click = std::get_if<mask_decoder::ClickPrompt>(&prompt)) object->clicks.push_back(*click);
  if (const auto* box = std::get_if<BoxPrompt>(&prompt)) object->boxes.push_back(*box);
}

void CheckNameIsFree(const std::vector<EditedObject>& objects, const std::string& name) {
  for (const EditedObject& object : objects)
    if (object.about.name == name) throw UsageError("two objects are named '" + name + "'");
}

// The masks are of other prompts from now on.
void Outdate(MaskState state, EditedObject* object) {
  if (object->prompts.empty()) object->masks = nullptr;
  if (object->masks == nullptr) state = MaskState::kNone;
  if (state == MaskState::kOutgrown && object->state == MaskState::kWithdrawn) state = MaskState::kWithdrawn;
  object->state = state;
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

ObjectPrompt AsObject(const Prompt& prompt) {
  ObjectPrompt object;
  Append(prompt, &object);
  return object;
}

ObjectPrompt EditedObject::AsPrompt() const {
  ObjectPrompt object = about;
  for (const PlacedPrompt& placed : prompts) Append(placed.prompt, &object);
  return object;
}

const EditedObject& PromptEdits::Object(ObjectId id) const { return Find(now_, id); }

mask_decoder::Prompts PromptEdits::AsPrompts() const {
  mask_decoder::Prompts prompts;
  for (const EditedObject& object : now_) prompts.objects.push_back(object.AsPrompt());
  return prompts;
}

LabeledObjects PromptEdits::Labeled() const {
  LabeledObjects labeled;
  for (const EditedObject& object : now_) {
    if (!object.masks) continue;
    labeled.ids.push_back(object.id);
    labeled.prompts.objects.push_back(object.AsPrompt());
    labeled.masks.push_back(object.masks);
  }
  return labeled;
}

void PromptEdits::Commit(State next) {
  past_.push_back(std::exchange(now_, std::move(next)));
  if (past_.size() > kMostEdits) past_.erase(past_.begin());
  future_.clear();
}

void PromptEdits::Append(const ObjectPrompt& more, EditedObject* object) {
  const auto append = [&](const Prompt& prompt) { object->prompts.push_back({PromptId(++last_id_), prompt}); };
  for (const mask_decoder::PointPrompt& point : more.points) append(point);
  for (const mask_decoder::ClickPrompt& click : more.clicks) append(click);
  for (const BoxPrompt& box : more.boxes) append(box);
}

ObjectId PromptEdits::AddObject(const ObjectPrompt& object) {
  CheckNameIsFree(now_, object.name);
  EditedObject added{ObjectId(++last_id_), object, {}, MaskState::kNone, nullptr};
  added.about.points.clear();
  added.about.clicks.clear();
  added.about.boxes.clear();
  Append(object, &added);
  State next = now_;
  next.push_back(std::move(added));
  Commit(std::move(next));
  return now_.back().id;
}

void PromptEdits::RenameObject(ObjectId id, const std::string& name) {
  if (Object(id).about.name == name) return;
  CheckNameIsFree(now_, name);
  State next = now_;
  Find(next, id).about.name = name;
  Commit(std::move(next));
}

void PromptEdits::RemoveObject(ObjectId id) {
  State next = now_;
  next.erase(next.begin() + (&Find(next, id) - next.data()));
  Commit(std::move(next));
}

void PromptEdits::AddPrompts(ObjectId id, const ObjectPrompt& more) {
  State next = now_;
  EditedObject& object = Find(next, id);
  if (more.instance >= 0) object.about.instance = more.instance;
  if (more.min_visible > 0) object.about.min_visible = more.min_visible;
  for (const BoxPrompt& box : more.boxes)
    std::erase_if(object.prompts, [&](const PlacedPrompt& old) {
      const auto* old_box = std::get_if<BoxPrompt>(&old.prompt);
      return old_box != nullptr && old_box->view == box.view;
    });
  Append(more, &object);
  Outdate(MaskState::kOutgrown, &object);
  Commit(std::move(next));
}

PromptId PromptEdits::AddPrompt(ObjectId id, const Prompt& prompt) {
  State next = now_;
  EditedObject& object = Find(next, id);
  object.prompts.push_back({PromptId(++last_id_), prompt});
  Outdate(MaskState::kOutgrown, &object);
  Commit(std::move(next));
  return PromptId(last_id_);
}

void PromptEdits::MovePrompt(PromptId id, const Prompt& to) {
  State next = now_;
  const auto [object, i] = Find(next, id);
  if (object->prompts[i].prompt.index() != to.index())
    throw UsageError(fmt::format("prompt {} is of another kind", int64_t(id)), "", "remove it and add the new one");
  object->prompts[i].prompt = to;
  Outdate(MaskState::kWithdrawn, object);
  Commit(std::move(next));
}

void PromptEdits::RemovePrompt(PromptId id) {
  State next = now_;
  const auto [object, i] = Find(next, id);
  object->prompts.erase(object->prompts.begin() + std::ptrdiff_t(i));
  Outdate(MaskState::kWithdrawn, object);
  Commit(std::move(next));
}

bool PromptEdits::Undo() {
  if (past_.empty()) return false;
  future_.push_back(std::exchange(now_, std::move(past_.back())));
  past_.pop_back();
  ++num_rewinds_;
  return true;
}

bool PromptEdits::Redo() {
  if (future_.empty()) return false;
  past_.push_back(std::exchange(now_, std::move(future_.back())));
  future_.pop_back();
  ++num_rewinds_;
  return true;
}

void PromptEdits::ForgetPast() {
  past_.clear();
  future_.clear();
}

void PromptEdits::SetMasks(ObjectId id, std::shared_ptr<const mask_decoder::DecodedObject> masks, MaskState state) {
  SANERF_CHECK((masks == nullptr) == (state == MaskState::kNone));
  EditedObject& object = Find(now_, id);
  object.masks = std::move(masks);
  object.state = state;
}

}  // namespace sanerf::segmentation
