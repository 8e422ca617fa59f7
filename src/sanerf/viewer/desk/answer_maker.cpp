#include "sanerf/viewer/desk/answer_maker.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <mutex>
#include <thread>
#include <utility>

#include "sanerf/core/error.h"
#include "sanerf/core/json.h"
#include "sanerf/core/stopwatch.h"
#include "sanerf/segmentation/segment_memory.h"
#include "sanerf/viewer/desk/shown_state.h"
#include "sanerf/viewer/live/live_features.h"

namespace sanerf::viewer {

using segmentation::EditedObject;
using segmentation::MaskState;
using segmentation::ObjectId;
using segmentation::PromptEdits;
using segmentation::SessionSnapshot;

namespace {

constexpr size_t kRememberedFields = 2;                         // fitted lately: 50 MB each
constexpr double kSecondsPerPiece = 1;                          // of the field's optimization
constexpr double kUntilAskedFor = 0.06, kLongestDrawing = 0.5;  // seconds, of the first answer's picture
constexpr char kFieldTask[] = "object field";

bool AreEncoded(const PromptEdits& edits, const feature_container::FeatureContainer& features) {
  return std::all_of(edits.objects().begin(), edits.objects().end(), [&](const EditedObject& object) {
    return !object.masks || std::all_of(object.masks->views.begin(), object.masks->views.end(),
                                        [&](const auto& view) { return !view.used || features.Has(view.view_idx); });
  });
}

}  // namespace

AnswerMaker::AnswerMaker(const DeskRoom& room, DeskState& state, Audience& audience)
    : room_(room), state_(state), audience_(audience), log_file_(room.run / ".object_log.jsonl") {}

AnswerMaker::~AnswerMaker() {
  log_.reset();
  std::error_code ignored;
  std::filesystem::remove(log_file_, ignored);
}

void AnswerMaker::LayGround(const Job& job) {
  {
    const std::lock_guard lock(state_.mutex);
    if (!state_.ground) throw InterruptedError("the radiance field is gone");
    session_ = std::make_unique<segmentation::Session>(*state_.ground, state_.options);
    if (state_.start) session_->SetStart(state_.start->first, state_.start->second);
    if (!state_.start) fitted_.clear();  // of another radiance field
    logged_.clear();
    judged_.clear();
    state_.new_ground = false;
    state_.is_prepared = false;
  }
  session_->PrepareVote(job);
}

void AnswerMaker::Prepare(const Job& job) {
  CheckMemoryOfField(job);
  session_->Prepare(job);
  NoteLoaded(job);
  const std::lock_guard lock(state_.mutex);
  state_.is_prepared = true;
}

// Masks that no refinement round was worth it for do not say how well they agree.
void AnswerMaker::NoteLoaded(const Job& job) {
  PromptEdits edits;
  {
    const std::lock_guard lock(state_.mutex);
    edits = state_.Selected();
    const auto is_unknown = [&](const EditedObject& object) {
      return object.masks && !state_.agreements.contains(object.masks) &&
             std::any_of(object.masks->views.begin(), object.masks->views.end(),
                         [](const auto& view) { return view.used && view.agreement < 0; });
    };
    if (std::none_of(edits.objects().begin(), edits.objects().end(), is_unknown)) return;
    // Views that the masks are of may not be encoded any more: what is shown needs none of this.
    if (!state_.ground || !AreEncoded(edits, *state_.ground->features)) return;
  }
  session_->SetEdits(edits);
  try {
    session_->Snapshot(job);  // which counts the votes
    NoteAgreement(edits, job);
  } catch (const InterruptedError&) {
    throw;
  } catch (const Error& error) {
    job.Warn(fmt::format("how well the masks of the run agree is not known: {}", error.what()));
  }
}

// Before the rays are traced that the field is fitted on.
void AnswerMaker::CheckMemoryOfField(const Job& job) const {
  std::optional<segmentation::SegmentationInput> ground;
  segmentation::SegmentationOptions options;
  int64_t num_objects = 0;
  {
    const std::lock_guard lock(state_.mutex);
    ground = state_.ground;
    options = state_.options;
    num_objects = int64_t(state_.edits.objects().size());
  }
  if (!ground) return;
  segmentation::CheckSegmentMemory(
      segmentation::LoadOf(std::max<int64_t>(1, num_objects), *ground->features, ground->views), options.object,
      segmentation::RayLoadOf(ground->nerf, *ground->scene, ground->views, job), job);
}

void AnswerMaker::MakeMasks(DeskStep step, const Job& job) {
  bool completes = false;
  {
    const std::lock_guard lock(state_.mutex);
    session_->SetEdits(state_.Selected());
    state_.more_encoded = false;
    completes = state_.completes && step == DeskStep::kAll;
  }
  if (step == DeskStep::kVote && PublishKnown()) return;
  const std::shared_ptr<void> hurry = step == DeskStep::kFirst && room_.hurry ? room_.hurry() : nullptr;
  if (step == DeskStep::kFirst) session_->Decode(kFirstViews, job);
  if (step == DeskStep::kMore || step == DeskStep::kAll) session_->Decode(0, job);
  if (step == DeskStep::kRefine || completes) session_->Refine(job);
  // A finished answer stays in view until the field, which goes on, shows the new masks.
  if (completes) {
    session_->Snapshot(job);  // counts their votes, which the field begins with
    {
      const std::lock_guard lock(state_.mutex);
      state_.ThrowIfObsolete();
      state_.edits.TakeMasks(session_->edits());
    }
    NoteAgreement(session_->edits(), job);
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
  const std::optional<double> agreement = NoteAgreement(session_->edits(), job);
  if (!agreement) return;
  const std::lock_guard lock(state_.mutex);
  state_.ThrowIfObsolete();
  state_.curve.emplace_back(state_.answer->seconds, *agreement);
}

// The picture of a first answer has the machine for itself: it is what the user waits for.
void AnswerMaker::LetDraw(const Job& job) {
  if (!room_.is_drawing) return;
  const Stopwatch watch;
  while (watch.seconds() < kLongestDrawing && (watch.seconds() < kUntilAskedFor || room_.is_drawing())) {
    job.ThrowIfStopped("drawing");
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

void AnswerMaker::Publish(Answer::Kind kind, SessionSnapshot snapshot) {
  Json described;
  {
    const std::lock_guard lock(state_.mutex);
    state_.ThrowIfObsolete();
    state_.edits.TakeMasks(session_->edits());
    auto answer = std::make_shared<Answer>();
    answer->revision = state_.answer->revision + 1;
    answer->kind = kind;
    answer->snapshot = std::move(snapshot);
    answer->seconds = state_.since_edit.seconds();
    state_.answer = std::move(answer);
    described = ShownAnswer(state_);
  }
  audience_.Say("answer", described);
  audience_.StateChanged();
}

// After the answer, which nobody should wait for it: how well the views agree, and whether more of them are needed.
// edits: whose masks the votes were counted of. Returns the mean.
std::optional<double> AnswerMaker::NoteAgreement(const PromptEdits& edits, const Job& job) {
  const std::vector<segmentation::MaskAgreement> agreements = session_->Agreements(job);
  if (agreements.empty()) return std::nullopt;
  double sum = 0;
  std::map<ObjectId, AgreementOfView> by_object;
  for (const segmentation::MaskAgreement& agreement : agreements) {
    sum += agreement.value;
    by_object[agreement.object][agreement.view_idx] = agreement.value;
  }
  std::set<int64_t> stable;
  for (const EditedObject& object : edits.objects()) {
    Judged& judged = judged_[object.id];
    if (judged.edition != object.edition) judged = Judged{object.edition};
    for (const auto& [view, value] : by_object[object.id])
      if (judged.views.insert(view).second) judged.rule.Add(value);
    if (judged.rule.IsStable()) stable.insert(object.edition);
  }
  const std::lock_guard lock(state_.mutex);
  state_.ThrowIfObsolete();
  std::erase_if(state_.agreements, [](const auto& known) { return known.first.expired(); });
  for (const EditedObject& object : edits.objects())
    if (object.masks) state_.agreements[object.masks] = std::move(by_object[object.id]);
  state_.stable = std::move(stable);
  return sum / double(agreements.size());
}

// A field that was fitted to these very masks before, which undo has brought back.
bool AnswerMaker::PublishKnown() {
  const segmentation::LabeledObjects labeled = session_->edits().Labeled();
  for (const std::shared_ptr<const Answer>& known : fitted_) {
    if (labeled.ids.empty() || !SameMasks(known->snapshot.objects, labeled)) continue;
    Publish(Answer::Kind::kField, known->snapshot);
    const std::lock_guard lock(state_.mutex);
    state_.is_fitted = SameMasks(state_.answer->snapshot.objects, state_.Selected().Labeled());
    return true;
  }
  return false;
}

void AnswerMaker::FitField(const Job& job) {
  {
    const std::lock_guard lock(state_.mutex);
    session_->SetEdits(state_.Selected());
  }
  if (PublishKnown()) return;
  const segmentation::LabeledObjects labeled = session_->edits().Labeled();
  if (logged_ != labeled.masks || !log_) {
    log_.reset();
    log_ = std::make_unique<StepLog>(job, log_file_, kFieldTask);
    logged_ = labeled.masks;
  }
  const Job steps_job = job.To(*log_);
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
  const std::lock_guard lock(state_.mutex);
  state_.is_fitted = SameMasks(state_.answer->snapshot.objects, state_.Selected().Labeled());
  state_.is_stored = state_.store_waits = false;
  state_.completes = false;
  fitted_.push_front(state_.answer);
  if (fitted_.size() > kRememberedFields) fitted_.pop_back();
}

}  // namespace sanerf::viewer
