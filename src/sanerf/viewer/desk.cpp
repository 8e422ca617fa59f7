#include "sanerf/viewer/desk.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <set>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/run/run_folder.h"
#include "sanerf/segmentation/label_views.h"
#include "sanerf/segmentation/prompt_places.h"
#include "sanerf/segmentation/segment_memory.h"
#include "sanerf/viewer/known_objects.h"
#include "sanerf/viewer/strip.h"

namespace sanerf::viewer {

using segmentation::EditedObject;
using segmentation::MaskState;
using segmentation::ObjectId;
using segmentation::PromptEdits;
using segmentation::SessionSnapshot;

namespace {

// Decoding one takes some hundredths of a second on one core; eight of them vote nearly as all do.
constexpr int kFirstViews = 8;
constexpr size_t kRememberedFields = 2;                         // fitted lately: 50 MB each
constexpr double kSecondsPerPiece = 1;                          // of the field's optimization
constexpr double kUntilAskedFor = 0.06, kLongestDrawing = 0.5;  // seconds, of the first answer's picture
constexpr char kJournalName[] = "window.json";
constexpr char kFieldLog[] = ".object_log.jsonl";
constexpr char kFieldTask[] = "object field";

}  // namespace

Desk::Desk(DeskRoom room, WorkList& work, Audience& audience)
    : room_(std::move(room)),
      work_(work),
      audience_(audience),
      state_(*room_.scene, room_.settings.encode.size),
      options_(room_.settings),
      line_(work),
      find_line_(work) {
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
  finder_ = std::thread([this] { Search(); });
}

Desk::~Desk() {
  {
    const std::lock_guard lock(mutex_);
    is_closing_ = true;
    stop_.RequestStop();
    close_.RequestStop();
  }
  wake_.notify_all();
  worker_.join();
  finder_.join();
  log_.reset();
  std::error_code ignored;
  std::filesystem::remove(room_.run / kFieldLog, ignored);
}

// ================================ what is there ================================

void Desk::Load(std::vector<run::StoredField> fields) {
  const size_t num_fields = fields.size();
  {
    const std::lock_guard lock(mutex_);
    state_.GiveMasks(&fields);
    state_.TakeField(&fields);
    if (state_.is_fitted) fitted_.push_front(state_.answer);
  }
  if (num_fields > 1)
    work_.Message("info", "the objects were segmented one by one",
                  "each has a field of its own; shown together they are as their masks vote",
                  "change something about one of them, and one field is fitted to all");
  Touch();
}

void Desk::SetOptions(const segmentation::SegmentationOptions& options) {
  const std::lock_guard lock(mutex_);
  options_ = options;
}

void Desk::ClearGround() {
  {
    const std::lock_guard lock(mutex_);
    if (!state_.ground) return;
    LeaveGround();
    state_.ground.reset();
    state_.new_ground = false;
    hover_.reset();
    ++num_grounds_;
    stop_.RequestStop();
  }
  Touch();
}

// What was made with the ground is not what the next one will make.
void Desk::LeaveGround() {
  state_.edits.OutdateAll();
  state_.start.reset();
  state_.is_fitted = false;
  state_.is_stored = false;
  state_.completes = false;
  state_.stable.clear();
  state_.agreements.clear();
}

void Desk::SetGround(segmentation::SegmentationInput input) {
  {
    const std::lock_guard lock(mutex_);
    if (state_.ground) LeaveGround();
    is_written_ = false;  // a run that was trained anew has lost it
    ++num_grounds_;
    hover_ = std::make_shared<viewer::Hover>(input, options_.masks);
    state_.ground = std::move(input);
    state_.new_ground = true;
    state_.is_idle = false;
    state_.failed.clear();
    stop_.RequestStop();
  }
  Touch();
}

void Desk::ViewsEncoded(bool all) {
  {
    const std::lock_guard lock(mutex_);
    state_.ViewsEncoded(all);
    // Who has waited for the view comes first; the field goes on from where it stands.
    if (doing_ == DeskStep::kField && state_.NextStep() == DeskStep::kFirst) stop_.RequestStop();
  }
  wake_.notify_all();
}

// ================================ what the user says ================================

Json Desk::Edit(const Json& request) {
  EditDone done;
  {
    const std::lock_guard lock(mutex_);
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
      done = DoEdit(request, {*room_.scene, room_.point_at}, &state_.edits);
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

void Desk::Obsolete(bool masks) {
  state_.Changed(masks);
  if (masks) stop_.RequestStop();
}

void Desk::Find(const Json& request) {
  {
    const std::lock_guard lock(mutex_);
    if (!state_.ground) throw NotNow("nothing can be found yet", "the radiance field is not there", "train it first");
    if (request.value("everything", false) && !state_.all_encoded)
      throw NotNow("not everything can be found yet", "some views are not encoded", "wait until they are");
    state_.to_find.push_back(request);
    find_line_.TakeUpAgain();
  }
  wake_.notify_all();
}

void Desk::Save() {
  {
    const std::lock_guard lock(mutex_);
    if (state_.answer->kind != Answer::Kind::kField ||
        !SameMasks(state_.answer->snapshot.objects, state_.Selected().Labeled()) || state_.HasHeld())
      throw NotNow("there is no object field to save yet", "it is fitted after the masks", "wait for it");
    state_.saves_now = true;  // as far as it has come
    state_.is_idle = false;
    line_.TakeUpAgain();
    stop_.RequestStop();
  }
  wake_.notify_all();
}

void Desk::CheckKept(const std::vector<std::string>& names) const {
  const std::lock_guard lock(mutex_);
  for (const std::string& name : names) {
    if (!state_.IsKept(name))
      throw NotNow(fmt::format("{} cannot be taken home yet", name), "the run does not have it as it is now",
                   "wait until it is ready: then it is stored");
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
    const std::lock_guard lock(mutex_);
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
    const std::lock_guard lock(mutex_);
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
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [&] { return is_closing_ || (step = state_.NextStep()) != DeskStep::kNone; });
      if (is_closing_) break;
      doing_ = step;
      stop_ = StopSource();
      // What every answer needs goes on whatever is said meanwhile.
      job = line_.job().With(close_.token());
      if (step != DeskStep::kGround) job = job.With(stop_.token());
    }
    try {
      Do(step, job);
    } catch (const InterruptedError&) {
      if (!line_.token().stop_requested()) continue;  // an edit, or the end
      line_.TakeUpAgain();
      const std::lock_guard lock(mutex_);
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
    const std::lock_guard lock(mutex_);
    if (!session_ || !state_.HasToStore()) return;
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
      LayGround();
      session_->PrepareVote(job);
      return;
    case DeskStep::kPrepare: {
      CheckMemoryOfField(job);
      session_->Prepare(job);
      const std::lock_guard lock(mutex_);
      state_.is_prepared = true;
      return;
    }
    case DeskStep::kFirst:
    case DeskStep::kMore:
    case DeskStep::kAll:
    case DeskStep::kRefine:
    case DeskStep::kVote:
      MakeMasks(step, job);
      return;
    case DeskStep::kField:
      FitField(job);
      return;
    case DeskStep::kStore:
      StoreField(job);
      return;
  }
}

// Before the rays are traced that the field is fitted on.
void Desk::CheckMemoryOfField(const Job& job) const {
  std::optional<segmentation::SegmentationInput> ground;
  segmentation::SegmentationOptions options;
  int64_t num_objects = 0;
  {
    const std::lock_guard lock(mutex_);
    ground = state_.ground;
    options = options_;
    num_objects = int64_t(state_.edits.objects().size());
  }
  if (!ground) return;
  segmentation::CheckSegmentMemory(
      segmentation::LoadOf(std::max<int64_t>(1, num_objects), *ground->features, ground->views), options.object,
      segmentation::RayLoadOf(ground->nerf, *ground->scene, ground->views, job), job);
}

void Desk::LayGround() {
  const std::lock_guard lock(mutex_);
  if (!state_.ground) throw InterruptedError("the radiance field is gone");
  session_ = std::make_unique<segmentation::Session>(*state_.ground, options_);
  if (state_.start) session_->SetStart(state_.start->first, state_.start->second);
  if (!state_.start) fitted_.clear();  // of another radiance field
  logged_.clear();
  judged_.clear();
  state_.new_ground = false;
  state_.is_prepared = false;
}

void Desk::MakeMasks(DeskStep step, const Job& job) {
  bool completes = false;
  {
    const std::lock_guard lock(mutex_);
    session_->SetEdits(state_.Selected());
    state_.more_encoded = false;
    completes = state_.completes && step == DeskStep::kAll;
  }
  if (step == DeskStep::kVote && PublishKnown()) return;
  const std::shared_ptr<void> hurry = step == DeskStep::kFirst && room_.hurry ? room_.hurry() : nullptr;
  if (step == DeskStep::kFirst) session_->Decode(kFirstViews, job);
  if (step == DeskStep::kMore || step == DeskStep::kAll) session_->Decode(0, job);
  if (step == DeskStep::kRefine || completes) session_->Refine(job);
  if (completes) {  // a finished answer stays in view until the field, which goes on, shows the new masks
    const std::lock_guard lock(mutex_);
    ThrowIfObsolete();
    state_.edits.TakeMasks(session_->edits());
    return;
  }
  if (step == DeskStep::kMore) {  // to be gone on with
    PromptEdits edits = session_->edits();
    for (const EditedObject& object : session_->edits().objects())
      if (object.state == MaskState::kDecoded) edits.SetMasks(object.id, object.masks, MaskState::kFirst);
    session_->SetEdits(std::move(edits));
  }
  SessionSnapshot snapshot = session_->Snapshot(job);
  const bool is_first = step == DeskStep::kFirst || step == DeskStep::kMore;
  const Answer::Kind kind = snapshot.answer == SessionSnapshot::Answer::kNone    ? Answer::Kind::kNone
                            : snapshot.answer == SessionSnapshot::Answer::kField ? Answer::Kind::kField
                            : is_first                                           ? Answer::Kind::kFirst
                                                                                 : Answer::Kind::kVote;
  Publish(kind, std::move(snapshot));
  if (step == DeskStep::kFirst) LetDraw(job);
  NoteAgreement(job);
}

// The picture of a first answer has the machine for itself: it is what the user waits for.
void Desk::LetDraw(const Job& job) {
  if (!room_.is_drawing) return;
  const Stopwatch watch;
  while (watch.seconds() < kLongestDrawing && (watch.seconds() < kUntilAskedFor || room_.is_drawing())) {
    job.ThrowIfStopped("drawing");
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

void Desk::Publish(Answer::Kind kind, SessionSnapshot snapshot) {
  {
    const std::lock_guard lock(mutex_);
    ThrowIfObsolete();
    state_.edits.TakeMasks(session_->edits());
    auto answer = std::make_shared<Answer>();
    answer->revision = state_.answer->revision + 1;
    answer->kind = kind;
    answer->snapshot = std::move(snapshot);
    answer->seconds = state_.since_edit.seconds();
    state_.answer = std::move(answer);
  }
  audience_.Say("answer", AnswerState());
  audience_.StateChanged();
}

// What was made for earlier prompts is no answer to those that have been said meanwhile.
void Desk::ThrowIfObsolete() const {
  if (stop_.token().stop_requested()) throw InterruptedError("an edit was faster");
}

// After the answer, which nobody should wait for it: how well the views agree, and whether more of them are needed.
void Desk::NoteAgreement(const Job& job) {
  const std::vector<segmentation::MaskAgreement> agreements = session_->Agreements(job);
  if (agreements.empty()) return;
  double sum = 0;
  std::map<ObjectId, AgreementOfView> by_object;
  for (const segmentation::MaskAgreement& agreement : agreements) {
    sum += agreement.value;
    by_object[agreement.object][agreement.view_idx] = agreement.value;
  }
  std::set<int64_t> stable;
  for (const EditedObject& object : session_->edits().objects()) {
    Judged& judged = judged_[object.id];
    if (judged.edition != object.edition) judged = Judged{object.edition};
    for (const auto& [view, value] : by_object[object.id])
      if (judged.views.insert(view).second) judged.rule.Add(value);
    if (judged.rule.IsStable()) stable.insert(object.edition);
  }
  const std::lock_guard lock(mutex_);
  ThrowIfObsolete();
  state_.curve.emplace_back(state_.answer->seconds, sum / double(agreements.size()));
  state_.agreements = std::move(by_object);
  state_.stable = std::move(stable);
}

// ================================ searches ================================

void Desk::Search() {
  while (true) {
    Json request;
    Job job;
    int64_t ground = 0;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [&] { return is_closing_ || !state_.to_find.empty(); });
      if (is_closing_) return;
      request = state_.to_find.front();
      state_.to_find.pop_front();  // whatever becomes of it: once
      state_.is_searching = true;
      ground = num_grounds_;
      job = find_line_.job().With(close_.token());
    }
    try {
      AddFound(room_.find(request, job), ground);
    } catch (const InterruptedError&) {
      if (!close_.token().stop_requested()) work_.Message("info", "the search was stopped");
    } catch (const Error& error) {
      work_.Message(error);
    } catch (const std::exception& error) {
      work_.Message("error", "the search failed", error.what());
    }
    {
      const std::lock_guard lock(mutex_);
      state_.is_searching = false;
    }
    Touch();  // the worker may have waited to store something
  }
}

void Desk::AddFound(FoundObjects found, int64_t ground) {
  segmentation::LabeledObjects known;
  {
    const std::lock_guard lock(mutex_);
    if (ground != num_grounds_) found.masks.clear();  // of a radiance field that is no more
    known = state_.edits.Labeled();
  }
  const int num_known = RemoveKnown(known.masks, &found.prompts, &found.masks);
  if (num_known > 0)
    work_.Message("info",
                  fmt::format("{} of what was found {} there already", num_known, num_known == 1 ? "is" : "are"),
                  "nothing was added for that");
  if (found.prompts.objects.empty()) return;
  {
    const std::lock_guard lock(mutex_);
    std::set<std::string> names;
    for (const EditedObject& object : state_.edits.objects()) names.insert(object.about.name);
    for (mask_decoder::ObjectPrompt& object : found.prompts.objects) {
      const std::string name = object.name;
      for (int number = 2; !names.insert(object.name).second; ++number)
        object.name = fmt::format("{}-{}", name, number);
    }
    segmentation::CheckObjectCount(state_.edits.objects().size() + found.prompts.objects.size());
    const std::vector<ObjectId> ids = state_.edits.AddObjects(found.prompts, "find objects");
    for (size_t i = 0; i < ids.size(); ++i) {
      state_.looks.try_emplace(ids[i], ObjectLook{int(state_.looks.size()), true, false});
      if (i < found.masks.size()) state_.edits.SetMasks(ids[i], found.masks[i], MaskState::kRefined);
    }
    Obsolete(/*masks=*/true);
    line_.TakeUpAgain();
    is_written_ = false;
  }
  WriteDown();
}

// A field that was fitted to these very masks before, which undo has brought back.
bool Desk::PublishKnown() {
  const segmentation::LabeledObjects labeled = session_->edits().Labeled();
  for (const std::shared_ptr<const Answer>& known : fitted_) {
    if (labeled.ids.empty() || !SameMasks(known->snapshot.objects, labeled)) continue;
    Publish(Answer::Kind::kField, known->snapshot);
    const std::lock_guard lock(mutex_);
    state_.is_fitted = SameMasks(state_.answer->snapshot.objects, state_.Selected().Labeled());
    return true;
  }
  return false;
}

void Desk::FitField(const Job& job) {
  {
    const std::lock_guard lock(mutex_);
    session_->SetEdits(state_.Selected());
  }
  if (PublishKnown()) return;
  const segmentation::LabeledObjects labeled = session_->edits().Labeled();
  const std::filesystem::path log_file = room_.run / kFieldLog;
  if (logged_ != labeled.masks || !log_) {
    log_.reset();
    log_ = std::make_unique<StepLog>(job, log_file, kFieldTask);
    logged_ = labeled.masks;
  }
  const Job quiet = Job().With(*log_).With(close_.token()).With(line_.token());
  const Job steps_job = [&] {
    const std::lock_guard lock(mutex_);
    return quiet.With(stop_.token());
  }();
  int64_t done = 0;
  // Each time it is drawn the pictures of it begin anew: ever more rarely, since it changes ever less.
  double draws_at = kSecondsPerPiece;
  const Stopwatch since_begin;
  Task task(job, kFieldTask, session_->steps_left(), "steps");
  while (session_->steps_left() > 0) {
    job.ThrowIfStopped(kFieldTask);
    const int n = std::clamp(int(steps_per_second_ * kSecondsPerPiece), 1, session_->steps_left());
    const Stopwatch watch;
    session_->Step(n, steps_job);
    steps_per_second_ = 0.5 * steps_per_second_ + 0.5 * n / std::max(watch.seconds(), 1e-3);
    if (since_begin.seconds() >= draws_at || session_->steps_left() == 0) {
      Publish(Answer::Kind::kField, session_->Snapshot(steps_job));
      draws_at = 2 * since_begin.seconds();
    }
    task.Update(done += n);
  }
  task.Finish();
  if (done == 0) Publish(Answer::Kind::kField, session_->Snapshot(steps_job));  // it was fitted before it was asked for
  const std::lock_guard lock(mutex_);
  state_.is_fitted = SameMasks(state_.answer->snapshot.objects, state_.Selected().Labeled());
  state_.is_stored = false;
  state_.completes = false;
  fitted_.push_front(state_.answer);
  if (fitted_.size() > kRememberedFields) fitted_.pop_back();
}

void Desk::StoreField(const Job& job) {
  std::shared_ptr<const Answer> answer;
  SessionSnapshot fitted;
  std::vector<std::string> retired, kept;  // of those that the run has
  std::map<std::string, std::set<std::string>> stored;
  {
    const std::lock_guard lock(mutex_);
    answer = state_.answer;
    fitted = answer->snapshot;
    if (!SameMasks(fitted.objects, state_.Selected().Labeled())) return;  // an edit was faster
    state_.is_stored = state_.is_fitted || fitted.objects.ids.empty();  // also when it fails: the next edit tries again
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
  WriteDown();  // were the process killed in between, the object would be known as the window's own
  const std::filesystem::path log_file = room_.run / kFieldLog;
  if (!std::filesystem::exists(log_file)) WriteFileAtomic(log_file, "");
  if (!room_.store(fitted, log_file, retired, job)) return;
  {
    const std::lock_guard lock(mutex_);
    state_.stored_names = std::move(kept);
    state_.stored = std::move(stored);
    state_.kept = answer->snapshot.objects;
  }
  WriteDown();
}

void Desk::Failed(DeskStep step, const Error& error) {
  bool is_said = true;
  {
    const std::lock_guard lock(mutex_);
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
      state_.new_ground = state_.new_ground && step != DeskStep::kGround;
    }
  }
  if (is_said) work_.Message(error);
}

// ================================ what the page is shown ================================

std::shared_ptr<const Answer> Desk::answer() const {
  const std::lock_guard lock(mutex_);
  return state_.answer;
}

EditedObject Desk::Object(ObjectId id) const {
  const std::lock_guard lock(mutex_);
  return ObjectOf(state_.edits, id);
}

ObjectLook Desk::Look(ObjectId id) const {
  const std::lock_guard lock(mutex_);
  const auto look = state_.looks.find(id);
  return look == state_.looks.end() ? ObjectLook() : look->second;
}

std::map<int, uint32_t> Desk::ColorOfLabel(const Answer& shown) const {
  const std::lock_guard lock(mutex_);
  return state_.ColorOfLabel(shown);
}

std::vector<int> Desk::WantedViews() const {
  const std::lock_guard lock(mutex_);
  return state_.WantedViews();
}

std::vector<Vec3> Desk::PromptedPoints() const {
  const std::lock_guard lock(mutex_);
  return state_.PromptedPoints();
}

std::vector<segmentation::EditedObject> Desk::edited_objects() const {
  const std::lock_guard lock(mutex_);
  return state_.edits.objects();
}

bool Desk::has_prompts() const {
  const std::lock_guard lock(mutex_);
  return state_.HasPrompts();
}

Json Desk::Objects() const {
  const std::lock_guard lock(mutex_);
  return state_.Objects();
}

Json Desk::AnswerState() const {
  const std::lock_guard lock(mutex_);
  return state_.AnswerState();
}

Json Desk::History() const {
  const std::lock_guard lock(mutex_);
  return state_.History();
}

Json Desk::Strip(ObjectId id) const {
  const EditedObject object = Object(id);
  AgreementOfView agreement;
  {
    const std::lock_guard lock(mutex_);
    if (const auto known = state_.agreements.find(id); known != state_.agreements.end()) agreement = known->second;
  }
  const auto working_camera = [&](int view_idx) {
    return feature_container::WorkingCamera(room_.scene->views[size_t(view_idx)], room_.settings.encode.size);
  };
  return {{"answer", answer()->revision}, {"views", StripOf(object, *room_.scene, working_camera, agreement)}};
}

Json Desk::Hover(const Json& request, StopToken stop) {
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
    const std::lock_guard lock(mutex_);
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
  return hover->Ask(asked, Job().With(stop).WithThreads(1));
}

}  // namespace sanerf::viewer
