#include "sanerf/viewer/desk/desk.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "sanerf/viewer/call_errors.h"
#include "sanerf/viewer/desk/edit_request.h"
#include "sanerf/viewer/desk/stored_objects.h"
#include "sanerf/viewer/desk/strip.h"

namespace sanerf::viewer {

using segmentation::EditedObject;
using segmentation::ObjectId;

Desk::Desk(DeskRoom room, WorkList& work, Audience& audience)
    : room_(std::move(room)),
      work_(work),
      audience_(audience),
      state_(*room_.scene, room_.settings.encode.size),
      journal_(room_.run, state_, work) {
  state_.options = room_.settings;
  state_.keeps_objects = room_.store != nullptr;
  answers_ = std::make_unique<AnswerThread>(room_, state_, journal_, work_, audience_);
  SearchCalls calls{room_.find, [this](FoundObjects found) { Add(std::move(found)); }, [this] { Touch(); }};
  search_ = std::make_unique<Search>(std::move(calls), state_, work_);
}

Desk::~Desk() {
  answers_->Stop();
  StopSearching();
}

// ================================ what is there ================================

void Desk::Load(std::vector<run::StoredField> fields) {
  bool is_joined = false;
  {
    const std::lock_guard lock(state_.mutex);
    TakeStored(std::move(fields), &state_);
    is_joined = state_.answer->is_joined();
    if (state_.is_fitted && !is_joined) answers_->Remember(state_.answer);
  }
  if (is_joined)
    work_.Message(MessageKind::kInfo, "the objects were segmented one by one", "each is shown as its own field has it",
                  "change something about one of them, and one field is fitted to all");
  Touch();
}

void Desk::SetOptions(const segmentation::SegmentationOptions& options) {
  const std::lock_guard lock(state_.mutex);
  state_.options = options;
}

void Desk::ClearGround() {
  {
    const std::lock_guard lock(state_.mutex);
    if (!state_.ground) return;
    state_.SetGround(std::nullopt);
    hover_.reset();
  }
  Touch();
}

void Desk::SetGround(segmentation::SegmentationInput input) {
  {
    const std::lock_guard lock(state_.mutex);
    journal_.NoteChange();  // a run that was trained anew has lost it
    hover_ = std::make_shared<viewer::Hover>(input, state_.options.masks);
    state_.SetGround(std::move(input));
  }
  Touch();
}

void Desk::ViewsEncoded(bool all) {
  {
    const std::lock_guard lock(state_.mutex);
    state_.ViewsEncoded(all);
    // Who has waited for the view comes first; the field goes on from where it stands.
    if (answers_->doing() == DeskStep::kField && state_.NextStep() == DeskStep::kFirst) state_.stop.RequestStop();
  }
  answers_->Wake();
}

// ================================ what the user says ================================

Json Desk::Edit(const Json& request) {
  const std::optional<Vec3> seen = SeenBy(request, room_.point_at);  // takes a picture: before the lock
  EditDone done;
  {
    const std::lock_guard lock(state_.mutex);
    const JsonCursor json(request, "edit");
    if (json.Has("op") && request.at("op") == "show") {
      json.ExpectKeys({"op", "object", "visible", "solo"});
      done.object = ObjectOf(state_.edits, ObjectId(json["object"].Integer())).id;
      ObjectDisplay& look = state_.looks[done.object];
      if (json.Has("visible")) look.visible = json["visible"].Bool();
      if (json.Has("solo")) look.solo = json["solo"].Bool();
    } else {
      const auto labeled_before = state_.edits.Labeled();
      std::map<ObjectId, int64_t> before, after;
      for (const EditedObject& object : state_.edits.objects()) before[object.id] = object.edition;
      done = DoEdit(request, {*room_.scene, seen}, &state_.edits);
      for (const EditedObject& object : state_.edits.objects()) {
        after[object.id] = object.edition;
        state_.Show(object.id);
      }
      state_.Changed(before != after || !SameMasks(labeled_before, state_.edits.Labeled()));
      answers_->TakeUpAgain();  // the task that was canceled may have been at its end
    }
    journal_.NoteChange();
  }
  answers_->Wake();  // nobody waits for the disk
  journal_.Write();
  audience_.StateChanged();
  return {{"object", int64_t(done.object)}, {"prompt", int64_t(done.prompt)}};
}

void Desk::Resume() {
  {
    const std::lock_guard lock(state_.mutex);
    state_.Resume();
    answers_->TakeUpAgain();
  }
  Touch();
}

void Desk::Find(const Json& request) {
  {
    const std::lock_guard lock(state_.mutex);
    CheckCanSearch(request, state_);
  }
  search_->Begin(request);
}

void Desk::Add(FoundObjects found) {
  {
    const std::lock_guard lock(state_.mutex);
    AddFound(std::move(found), &state_);
    state_.Changed(/*masks=*/true);
    answers_->TakeUpAgain();
    journal_.NoteChange();
  }
  journal_.Write();
}

void Desk::Save() {
  {
    const std::lock_guard lock(state_.mutex);
    if (!AskToStore(&state_)) return;
    answers_->TakeUpAgain();
    state_.stop.RequestStop();
  }
  answers_->Wake();
}

void Desk::Touch() {
  answers_->Wake();
  audience_.StateChanged();
}

// ================================ what the page is shown ================================

std::vector<segmentation::ObjectId> Desk::AnsweredObjects() const {
  return Asked([](const DeskState& state) {
    std::vector<segmentation::ObjectId> ids;
    for (const segmentation::EditedObject& object : state.edits.objects())
      if (StatusOf(object, state) == ObjectStatus::kAnswered) ids.push_back(object.id);
    return ids;
  });
}

EditedObject Desk::Object(ObjectId id) const {
  return Asked([&](const auto& state) { return ObjectOf(state.edits, id); });
}

Json Desk::Strip(ObjectId id) const {
  EditedObject object;
  AgreementOfView agreement;
  int64_t revision = 0;
  {
    const std::lock_guard lock(state_.mutex);
    object = ObjectOf(state_.edits, id);
    agreement = state_.AgreementOf(object);
    revision = state_.answer->revision;
  }
  return {{"answer", revision}, {"views", StripOf(object, state_.scene, state_.size, agreement)}};
}

Json Desk::Hover(const Json& request, const Job& job) {
  const HoverRequest asked = ReadHover(request, *room_.scene);
  std::shared_ptr<viewer::Hover> hover;
  std::optional<EditedObject> object;
  {
    const std::lock_guard lock(state_.mutex);
    state_.hovered_view = asked.view;
    state_.since_hover = Stopwatch();
    if (!state_.ground) throw NotNow("no mask can be shown yet", "there is no depth", "wait for the training");
    if (!state_.ground->features->Has(asked.view))
      throw NotNow(fmt::format("{} is not encoded yet", room_.scene->views[size_t(asked.view)].name), "", "it is next");
    state_.hovered_view = -1;
    hover = hover_;
    for (const EditedObject& known : state_.edits.objects())
      if (known.id == asked.object) object = known;
  }
  return hover->Ask(asked, object ? &*object : nullptr, job.WithThreads(1));
}

}  // namespace sanerf::viewer
