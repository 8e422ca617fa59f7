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

// Nothing but where it says so: of a view that is dropped or kept.
std::shared_ptr<const mask_decoder::DecodedObject> WithUse(const mask_decoder::DecodedObject& masks,
                                                           const std::string& view, mask_decoder::ViewUse use) {
  auto changed = std::make_shared<mask_decoder::DecodedObject>(masks);
  for (mask_decoder::ViewDecision& decision : changed->views)
    if (decision.view == view) mask_decoder::ApplyUse(use, &decision);
  return changed;
}

// Whether the masks show all that the new use says.
bool CanUseAsTheyAre(const EditedObject& object, const std::string& view, mask_decoder::ViewUse use) {
  if (object.state != MaskState::kRefined || object.masks == nullptr) return false;
  if (use == mask_decoder::ViewUse::kNever) {
    return std::any_of(object.masks->views.begin(), object.masks->views.end(),
                       [&](const auto& decision) { return decision.used && decision.view != view; });
  }
  return use == mask_decoder::ViewUse::kAlways && object.UseOf(view) == mask_decoder::ViewUse::kAuto &&
         std::any_of(object.masks->views.begin(), object.masks->views.end(),
                     [&](const auto& decision) { return decision.view == view && !decision.mask.empty(); });
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

mask_decoder::ViewUse EditedObject::UseOf(const std::string& view) const {
  const auto found = uses.find(view);
  return found == uses.end() ? mask_decoder::ViewUse::kAuto : found->second;
}

PromptEdits::PromptEdits(EditHistory history)
    : now_(std::move(history.now)),
      past_(std::move(history.past)),
      future_(std::move(history.future)),
      last_id_(history.last_id) {}

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

std::optional<std::string> PromptEdits::NameOfLast(const std::vector<EditMoment>& moments) {
  return moments.empty() ? std::nullopt : std::optional(moments.back().edit);
}

void PromptEdits::Commit(State next, const std::string& edit) {
  past_.push_back({std::exchange(now_, std::move(next)), edit});
  if (past_.size() > kMostEdits) past_.erase(past_.begin());
  future_.clear();
}

// The masks are of other prompts from now on. Those of a first look are no answer that a further prompt could correct.
void PromptEdits::Outdate(MaskState state, EditedObject* object) {
  if (object->prompts.empty()) object->masks = nullptr;
  if (object->masks == nullptr) state = MaskState::kNone;
  if (state == MaskState::kOutgrown && (object->state == MaskState::kWithdrawn || object->state == MaskState::kFirst))
    state = MaskState::kWithdrawn;
  object->state = state;
  object->edition = ++last_id_;
}

void PromptEdits::Append(const ObjectPrompt& more, EditedObject* object) {
  const auto append = [&](const Prompt& prompt) { object->prompts.push_back({PromptId(++last_id_), prompt}); };
  for (const mask_decoder::PointPrompt& point : more.points) append(point);
  for (const mask_decoder::ClickPrompt& click : more.clicks) append(click);
  for (const BoxPrompt& box : more.boxes) append(box);
}

ObjectId PromptEdits::Append(const ObjectPrompt& object, State* state) {
  CheckNameIsFree(*state, object.name);
  EditedObject added{ObjectId(++last_id_), object, {}, MaskState::kNone, nullptr};
  added.about.points.clear();
  added.about.clicks.clear();
  added.about.boxes.clear();
  Append(object, &added);
  added.edition = ++last_id_;
  state->push_back(std::move(added));
  return state->back().id;
}

ObjectId PromptEdits::AddObject(const ObjectPrompt& object) {
  State next = now_;
  const ObjectId id = Append(object, &next);
  Commit(std::move(next), "add object");
  return id;
}

std::vector<ObjectId> PromptEdits::AddObjects(const mask_decoder::Prompts& objects, const std::string& edit) {
  State next = now_;
  std::vector<ObjectId> ids;
  for (const ObjectPrompt& object : objects.objects) ids.push_back(Append(object, &next));
  Commit(std::move(next), edit);
  return ids;
}

void PromptEdits::TakeOver(const std::vector<MadeObject>& objects, const std::string& edit) {
  State next = now_;
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
  Commit(std::move(next), edit);
}

void PromptEdits::RenameObject(ObjectId id, const std::string& name) {
  if (Object(id).about.name == name) return;
  CheckNameIsFree(now_, name);
  State next = now_;
  Find(next, id).about.name = name;
  Commit(std::move(next), "rename object");
}

void PromptEdits::RemoveObject(ObjectId id) {
  State next = now_;
  next.erase(next.begin() + (&Find(next, id) - next.data()));
  Commit(std::move(next), "remove object");
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
  const bool is_box = more.points.empty() && more.clicks.empty() && more.boxes.size() == 1;
  Commit(std::move(next), is_box ? "add box" : "add prompts");
}

PromptId PromptEdits::AddPrompt(ObjectId id, const Prompt& prompt) {
  State next = now_;
  EditedObject& object = Find(next, id);
  const PromptId added = PromptId(++last_id_);
  object.prompts.push_back({added, prompt});
  Outdate(MaskState::kOutgrown, &object);
  Commit(std::move(next), fmt::format("add {}", KindOf(prompt)));
  return added;
}

void PromptEdits::MovePrompt(PromptId id, const Prompt& to) {
  State next = now_;
  const auto [object, i] = Find(next, id);
  if (object->prompts[i].prompt.index() != to.index())
    throw UsageError(fmt::format("prompt {} is of another kind", int64_t(id)), "", "remove it and add the new one");
  object->prompts[i].prompt = to;
  Outdate(MaskState::kWithdrawn, object);
  const auto* click = std::get_if<mask_decoder::ClickPrompt>(&to);
  const bool is_choice = click != nullptr && click->candidate >= 0;  // of one of SAM's masks: the place stays
  Commit(std::move(next), is_choice ? "choose mask" : fmt::format("move {}", KindOf(to)));
}

void PromptEdits::RemovePrompt(PromptId id) {
  State next = now_;
  const auto [object, i] = Find(next, id);
  const std::string edit = fmt::format("remove {}", KindOf(object->prompts[i].prompt));
  object->prompts.erase(object->prompts.begin() + std::ptrdiff_t(i));
  Outdate(MaskState::kWithdrawn, object);
  Commit(std::move(next), edit);
}

void PromptEdits::UseView(ObjectId id, const std::string& view, mask_decoder::ViewUse use) {
  if (Object(id).UseOf(view) == use) return;
  State next = now_;
  EditedObject& object = Find(next, id);
  if (CanUseAsTheyAre(object, view, use)) {
    object.masks = WithUse(*object.masks, view, use);
    object.edition = ++last_id_;
  } else {
    Outdate(MaskState::kWithdrawn, &object);
  }
  if (use == mask_decoder::ViewUse::kAuto) {
    object.uses.erase(view);
  } else {
    object.uses[view] = use;
  }
  constexpr const char* kEdits[] = {"let a view decide", "drop view", "keep view"};
  Commit(std::move(next), kEdits[size_t(use)]);
}

bool PromptEdits::Undo() {
  if (past_.empty()) return false;
  future_.push_back({std::exchange(now_, std::move(past_.back().objects)), std::move(past_.back().edit)});
  past_.pop_back();
  ++num_rewinds_;
  return true;
}

bool PromptEdits::Redo() {
  if (future_.empty()) return false;
  past_.push_back({std::exchange(now_, std::move(future_.back().objects)), std::move(future_.back().edit)});
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

template <class F>
void PromptEdits::ForEach(const F& visit) {
  for (EditedObject& object : now_) visit(object);
  for (auto* moments : {&past_, &future_})
    for (EditMoment& moment : *moments)
      for (EditedObject& object : moment.objects) visit(object);
}

PromptEdits PromptEdits::Select(const std::function<Part(const EditedObject&)>& part_of) const {
  PromptEdits selected;
  for (const EditedObject& object : now_) {
    const Part part = part_of(object);
    if (part == Part::kNone || (part == Part::kHeld && object.masks == nullptr)) continue;
    selected.now_.push_back(object);
    if (part == Part::kHeld) selected.now_.back().state = MaskState::kHeld;
  }
  selected.num_rewinds_ = num_rewinds_;
  selected.last_id_ = last_id_;
  return selected;
}

void PromptEdits::TakeMasks(const PromptEdits& made) {
  std::map<int64_t, const EditedObject*> by_edition;
  for (const EditedObject& object : made.now_)
    if (object.state != MaskState::kHeld) by_edition[object.edition] = &object;
  ForEach([&](EditedObject& object) {
    const auto found = by_edition.find(object.edition);
    if (found == by_edition.end() || found->second->id != object.id) return;
    object.masks = found->second->masks;
    object.state = found->second->state;
  });
}

void PromptEdits::ForgetMasksBeyond(size_t num_moments) {
  for (auto* moments : {&past_, &future_}) {
    for (size_t i = 0; i + num_moments < moments->size(); ++i) {
      for (EditedObject& object : (*moments)[i].objects) {
        object.masks = nullptr;
        object.state = MaskState::kNone;
      }
    }
  }
}

void PromptEdits::OutdateAll() {
  ForEach([](EditedObject& object) { object.state = object.masks ? MaskState::kWithdrawn : MaskState::kNone; });
}

}  // namespace sanerf::segmentation
