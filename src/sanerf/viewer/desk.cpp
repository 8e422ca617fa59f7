#include "sanerf/viewer/desk.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/phrases.h"
#include "sanerf/run/run_folder.h"
#include "sanerf/segmentation/prompt_places.h"
#include "sanerf/viewer/edit_request.h"
#include "sanerf/viewer/journal.h"
#include "sanerf/viewer/strip.h"

namespace sanerf::viewer {

using segmentation::EditedObject;
using segmentation::MaskState;
using segmentation::ObjectId;
using segmentation::PromptEdits;
using segmentation::SessionSnapshot;

namespace {

constexpr char kJournalName[] = "window.json";

}  // namespace

Desk::Desk(DeskRoom room, WorkList& work, Audience& audience)
    : room_(std::move(room)),
      work_(work),
      audience_(audience),
      state_(*room_.scene, room_.settings.encode.size),
      line_(work),
      maker_(room_, state_, audience) {
  state_.options = room_.settings;
  state_.keeps_objects = room_.store != nullptr;
  if (std::optional<Journal> journal = ReadJournal(room_.run / kJournalName, *room_.scene, work_)) {
    state_.edits = PromptEdits(std::move(journal->history));
    state_.looks = std::move(journal->looks);
    state_.stored = std::move(journal->stored);
    // What was said last may not have come as far as the run.
    state_.wants_field = true;
    state_.is_stored = false;
  }
  worker_ = std::thread([this] { Work(); });
  SearchCalls calls{room_.find, [this](FoundObjects found) { Add(std::move(found)); }, [this] { Touch(); }};
  search_ = std::make_unique<Search>(std::move(calls), state_, work_);
}

Desk::~Desk() {
  {
    const std::lock_guard lock(state_.mutex);
    is_closing_ = true;
    state_.stop.RequestStop();
    close_.RequestStop();
  }
  wake_.notify_all();
  StopSearching();
  worker_.join();
}

// ================================ what is there ================================

void Desk::Load(std::vector<run::StoredField> fields) {
  bool is_joined = false;
  {
    const std::lock_guard lock(state_.mutex);
    state_.GiveMasks(&fields);
    state_.TakeFields(&fields);
    is_joined = state_.answer->is_joined();
    if (state_.is_fitted && !is_joined) maker_.Remember(state_.answer);
  }
  if (is_joined)
    work_.Message("info", "the objects were segmented one by one", "each is shown as its own field has it",
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
    LeaveGround();
    state_.ground.reset();
    state_.new_ground = false;
    hover_.reset();
    ++state_.num_grounds;
    state_.stop.RequestStop();
  }
  Touch();
}

// What was made with the ground is not what the next one will make.
void Desk::LeaveGround() {
  state_.edits.OutdateAll();
  state_.start.reset();
  state_.is_fitted = false;
  state_.is_stored = false;
  state_.store_waits = false;
  state_.completes = false;
  state_.stable.clear();
  state_.agreements.clear();
}

void Desk::SetGround(segmentation::SegmentationInput input) {
  {
    const std::lock_guard lock(state_.mutex);
    if (state_.ground) LeaveGround();
    is_written_ = false;  // a run that was trained anew has lost it
    ++state_.num_grounds;
    hover_ = std::make_shared<viewer::Hover>(input, state_.options.masks);
    state_.ground = std::move(input);
    state_.new_ground = true;
    state_.is_idle = false;
    state_.failed.clear();
    state_.stop.RequestStop();
  }
  Touch();
}

void Desk::ViewsEncoded(bool all) {
  {
    const std::lock_guard lock(state_.mutex);
    state_.ViewsEncoded(all);
    // Who has waited for the view comes first; the field goes on from where it stands.
    if (doing_ == DeskStep::kField && state_.NextStep() == DeskStep::kFirst) state_.stop.RequestStop();
  }
  wake_.notify_all();
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
      ObjectLook& look = state_.looks[done.object];
      if (json.Has("visible")) look.visible = json["visible"].Bool();
      if (json.Has("solo")) look.solo = json["solo"].Bool();
    } else {
      const auto labeled_before = state_.edits.Labeled();
      std::map<ObjectId, int64_t> before, after;
      for (const EditedObject& object : state_.edits.objects()) before[object.id] = object.edition;
      done = DoEdit(request, {*room_.scene, seen}, &state_.edits);
      for (const EditedObject& object : state_.edits.objects()) {
        after[object.id] = object.edition;
        state_.looks.try_emplace(object.id, ObjectLook{int(state_.looks.size()), true, false});
      }
      Obsolete(before != after || !SameMasks(labeled_before, state_.edits.Labeled()));
      line_.TakeUpAgain();  // the task that was cancelled may have been at its end
    }
    is_written_ = false;
  }
  wake_.notify_all();  // nobody waits for the disk
  WriteDown();
  audience_.StateChanged();
  Json answer = {{"object", int64_t(done.object)}, {"prompt", int64_t(done.prompt)}};
  return answer;
}

void Desk::GoOn() {
  {
    const std::lock_guard lock(state_.mutex);
    state_.GoOn();
    line_.TakeUpAgain();
  }
  Touch();
}

void Desk::Obsolete(bool masks) {
  state_.Changed(masks);
  if (masks) state_.stop.RequestStop();
}

void Desk::Find(const Json& request) {
  {
    const std::lock_guard lock(state_.mutex);
    if (!state_.ground) throw NotNow("nothing can be found yet", "the radiance field is not there", "train it first");
    if (request.value("everything", false)) CheckAllEncoded();
  }
  search_->Begin(request);
}

void Desk::CheckAllEncoded() const {
  const std::vector<int>& views = state_.ground->views;
  const auto num_missing =
      std::count_if(views.begin(), views.end(), [&](int view) { return !state_.ground->features->Has(view); });
  if (num_missing == 0) return;
  throw NotNow(
      "not everything can be found yet",
      fmt::format("{} of {} {} not encoded", num_missing, Counted(int64_t(views.size()), "view"), IsAre(num_missing)),
      state_.all_encoded ? "encoding has stopped: go on with it, then ask again"
                         : "wait until they are, then ask again");
}

void Desk::StopSearching() { search_.reset(); }

void Desk::Add(FoundObjects found) {
  {
    const std::lock_guard lock(state_.mutex);
    state_.AddFound(std::move(found));
    Obsolete(/*masks=*/true);
    line_.TakeUpAgain();
    is_written_ = false;
  }
  WriteDown();
}

void Desk::Save() {
  {
    const std::lock_guard lock(state_.mutex);
    if (state_.answer->kind != Answer::Kind::kField ||
        !SameMasks(state_.answer->snapshot.objects, state_.Selected().Labeled()) || state_.HasHeld() ||
        (state_.answer->is_joined() && !state_.is_fitted))
      throw NotNow("there is no object field to save yet", "it is fitted after the masks", "wait for it");
    if (state_.answer->is_joined()) return;  // the run has them as they are
    state_.saves_now = true;                 // as far as it has come
    state_.is_idle = false;
    line_.TakeUpAgain();
    state_.stop.RequestStop();
  }
  wake_.notify_all();
}

void Desk::CheckKept(const std::vector<std::string>& names) const {
  const std::lock_guard lock(state_.mutex);
  for (const std::string& name : names) {
    if (state_.IsKept(name)) continue;
    const auto [why, hint] = state_.WhyNotKept();
    throw NotNow(fmt::format("{} cannot be exported yet", name), why, hint);
  }
}

void Desk::WriteDown() {
  const std::lock_guard journal_lock(journal_mutex_);  // the last one written is the last one said
  const bool has_run = run::RunFolder::Exists(room_.run);
  if (!has_run && had_run_)
    work_.Message("error", "the prompts are not kept", "the run " + room_.run.string() + " is gone",
                  "put the folder back where it was");
  had_run_ |= has_run;
  if (!has_run) return;  // it comes with the training
  Journal journal;
  {
    const std::lock_guard lock(state_.mutex);
    journal = {state_.edits.history(), state_.looks, state_.stored};
    is_written_ = true;
  }
  try {
    WriteJournal(room_.run / kJournalName, journal);
  } catch (const Error& error) {
    work_.Message("warning", "the prompts are not kept", error.what(), error.hint());
  }
}

void Desk::KeepPrompts() {
  {
    const std::lock_guard lock(state_.mutex);
    if (is_written_) return;
  }
  WriteDown();
}

void Desk::Touch() {
  wake_.notify_all();
  audience_.StateChanged();
}

// ================================ the worker ================================

void Desk::Work() {
  while (true) {
    DeskStep step = DeskStep::kNone;
    Job job;
    {
      std::unique_lock lock(state_.mutex);
      wake_.wait(lock, [&] { return is_closing_ || (step = state_.NextStep()) != DeskStep::kNone; });
      if (is_closing_) break;
      doing_ = step;
      state_.stop = StopSource();
      // What every answer needs goes on whatever is said meanwhile.
      job = line_.job().With(close_.token());
      if (step != DeskStep::kGround) job = job.With(state_.stop.token());
    }
    try {
      Do(step, job);
    } catch (const InterruptedError&) {
      const std::lock_guard lock(state_.mutex);  // an edit takes the line up again, and must not be forgotten for it
      if (!line_.token().stop_requested()) continue;  // an edit, or the end
      line_.TakeUpAgain();
      state_.is_idle = true;
    } catch (const Error& error) {
      Failed(step, error);
    } catch (const std::exception& error) {
      Failed(step, Error("what the window was at failed", error.what()));
    }
    audience_.StateChanged();
  }
  SaveAtTheEnd();
}

// What is fitted is not lost because the window was closed a moment too early.
void Desk::SaveAtTheEnd() {
  {
    const std::lock_guard lock(state_.mutex);
    if (!maker_.has_ground() || !state_.HasToStore()) return;
  }
  try {
    StoreField(Job());
  } catch (const std::exception& error) {
    work_.Message("error", error.what());
  }
}

void Desk::Do(DeskStep step, const Job& job) {
  switch (step) {
    case DeskStep::kNone:
      return;
    case DeskStep::kGround:
      maker_.LayGround(job);
      return;
    case DeskStep::kPrepare:
      maker_.Prepare(job);
      return;
    case DeskStep::kFirst:
    case DeskStep::kMore:
    case DeskStep::kAll:
    case DeskStep::kRefine:
    case DeskStep::kVote:
      maker_.MakeMasks(step, job);
      return;
    case DeskStep::kField:
      maker_.FitField(job);
      return;
    case DeskStep::kStore:
      StoreField(job);
      return;
  }
}

void Desk::StoreField(const Job& job) {
  std::shared_ptr<const Answer> answer;
  SessionSnapshot fitted;
  std::vector<std::string> retired, kept;  // of those that the run has
  std::map<std::string, std::set<std::string>> stored;
  {
    const std::lock_guard lock(state_.mutex);
    answer = state_.answer;
    fitted = answer->snapshot;
    if (!SameMasks(fitted.objects, state_.Selected().Labeled())) return;  // an edit was faster
    state_.is_stored = state_.is_fitted || fitted.objects.ids.empty();    // unless an edit comes in between
    state_.saves_now = false;
    retired = state_.Retired();
    for (const std::string& name : state_.stored_names) {
      if (std::find(retired.begin(), retired.end(), name) != retired.end()) continue;
      kept.push_back(name);
      stored[name] = state_.stored[name];
    }
    for (size_t i = 0; i < fitted.objects.ids.size(); ++i) {
      mask_decoder::ObjectPrompt& object = fitted.objects.prompts.objects[i];
      object.name = state_.edits.Object(fitted.objects.ids[i]).about.name;  // renamed since
      if (std::find(kept.begin(), kept.end(), object.name) == kept.end()) kept.push_back(object.name);
      stored[object.name] = {PrintOf(object, *fitted.objects.masks[i])};
      state_.stored[object.name].insert(*stored[object.name].begin());
    }
  }
  // At the end it is tried once more, before that when something is said: it would fail again and again.
  const auto not_stored = [&] {
    const std::lock_guard lock(state_.mutex);
    state_.store_waits = std::exchange(state_.is_stored, false);
  };
  try {
    WriteDown();  // were the process killed in between, the object would be known as the window's own
    if (!std::filesystem::exists(maker_.log_file())) WriteFileAtomic(maker_.log_file(), "");
    if (!room_.store(fitted, maker_.log_file(), retired, job)) return not_stored();
  } catch (...) {
    not_stored();
    throw;
  }
  {
    const std::lock_guard lock(state_.mutex);
    state_.store_waits = false;
    state_.stored_names = std::move(kept);
    state_.stored = std::move(stored);
    state_.kept = answer->snapshot.objects;
  }
  WriteDown();
}

void Desk::Failed(DeskStep step, const Error& error) {
  bool is_said = true;
  {
    const std::lock_guard lock(state_.mutex);
    std::vector<int64_t> dirty;
    const PromptEdits selected = state_.Selected();
    for (const EditedObject& object : selected.objects())
      if (state_.IsDirty(object) && object.state != MaskState::kHeld) dirty.push_back(object.edition);
    const bool is_of_objects = step == DeskStep::kFirst || step == DeskStep::kMore || step == DeskStep::kAll;
    if (is_of_objects && dirty.size() == 1) {
      state_.failed[dirty[0]] = error.what();
      is_said = state_.all_encoded;  // else it waits for views that see it
    } else if (is_of_objects && dirty.size() > 1) {
      state_.one_by_one = true;
      is_said = false;
    } else if (step != DeskStep::kStore) {
      state_.is_idle = true;  // until something is said: it would fail again
    }
  }
  if (is_said) work_.Message(error);
}

// ================================ what the page is shown ================================

std::shared_ptr<const Answer> Desk::answer() const {
  const std::lock_guard lock(state_.mutex);
  return state_.answer;
}

EditedObject Desk::Object(ObjectId id) const {
  const std::lock_guard lock(state_.mutex);
  return ObjectOf(state_.edits, id);
}

ObjectLook Desk::Look(ObjectId id) const {
  const std::lock_guard lock(state_.mutex);
  const auto look = state_.looks.find(id);
  return look == state_.looks.end() ? ObjectLook() : look->second;
}

std::map<int, uint32_t> Desk::ColorOfLabel(const Answer& shown) const {
  const std::lock_guard lock(state_.mutex);
  return state_.ColorOfLabel(shown);
}

std::vector<int> Desk::WantedViews() const {
  const std::lock_guard lock(state_.mutex);
  return state_.WantedViews();
}

std::vector<Vec3> Desk::PromptedPoints() const {
  const std::lock_guard lock(state_.mutex);
  return state_.PromptedPoints();
}

std::vector<segmentation::EditedObject> Desk::edited_objects() const {
  const std::lock_guard lock(state_.mutex);
  return state_.edits.objects();
}

bool Desk::has_prompts() const {
  const std::lock_guard lock(state_.mutex);
  return state_.HasPrompts();
}

Json Desk::Objects() const {
  const std::lock_guard lock(state_.mutex);
  return state_.Objects();
}

Json Desk::AnswerState() const {
  const std::lock_guard lock(state_.mutex);
  return state_.AnswerState();
}

Json Desk::History() const {
  const std::lock_guard lock(state_.mutex);
  return state_.History();
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
  const auto working_camera = [&](int view_idx) {
    return feature_container::WorkingCamera(room_.scene->views[size_t(view_idx)], room_.settings.encode.size);
  };
  return {{"answer", revision}, {"views", StripOf(object, *room_.scene, working_camera, agreement)}};
}

Json Desk::Hover(const Json& request, const Job& job) {
  const JsonCursor json(request, "hover");
  HoverRequest asked;
  asked.view = int(json["view"].IntegerIn(0, int64_t(room_.scene->views.size()) - 1));
  asked.xy = {json["xy"][size_t{0}].Number(), json["xy"][1].Number()};
  asked.label = int(json.IntegerOr("label", 1));
  asked.size = int(json.Has("size") ? json["size"].IntegerIn(16, 4096) : 512);
  const scene::View& view = room_.scene->views[size_t(asked.view)];
  segmentation::CheckPromptPlaces(segmentation::AsObject(mask_decoder::ClickPrompt{view.name, asked.xy, asked.label}),
                                  *room_.scene);
  std::shared_ptr<viewer::Hover> hover;
  std::optional<EditedObject> object;
  {
    const std::lock_guard lock(state_.mutex);
    state_.hovered_view = asked.view;
    state_.since_hover = Stopwatch();
    if (!state_.ground) throw NotNow("no mask can be shown yet", "there is no depth", "wait for the training");
    if (!state_.ground->features->Has(asked.view))
      throw NotNow(fmt::format("{} is not encoded yet", view.name), "", "it is next");
    state_.hovered_view = -1;
    hover = hover_;
    for (const EditedObject& known : state_.edits.objects())
      if (int64_t(known.id) == json.IntegerOr("object", 0)) object = known;
  }
  asked.object = object ? &*object : nullptr;
  return hover->Ask(asked, job.WithThreads(1));
}

}  // namespace sanerf::viewer
