#include "sanerf/viewer/desk/answer_thread.h"

#include <cstdint>
#include <exception>
#include <mutex>
#include <vector>

#include "sanerf/viewer/desk/storing.h"

namespace sanerf::viewer {

using segmentation::EditedObject;

AnswerThread::AnswerThread(const DeskRoom& room, DeskState& state, DeskJournal& journal, WorkList& work,
                           Audience& audience)
    : room_(room),
      state_(state),
      journal_(journal),
      work_(work),
      audience_(audience),
      line_(work),
      maker_(room, state, audience),
      thread_([this] { Run(); }) {}

AnswerThread::~AnswerThread() {
  Stop();
  thread_.join();
}

void AnswerThread::Stop() {
  {
    const std::lock_guard lock(state_.mutex);
    is_closing_ = true;
    state_.stop.RequestStop();
    close_.RequestStop();
  }
  Wake();
}

void AnswerThread::Run() {
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
  StoreAtTheEnd();
}

void AnswerThread::Do(DeskStep step, const Job& job) {
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
      Store(job);
      return;
  }
}

void AnswerThread::Store(const Job& job) { StoreAnswer(room_, maker_.log_file(), state_, journal_, job); }

// What is fitted is not lost because the window was closed a moment too early.
void AnswerThread::StoreAtTheEnd() {
  {
    const std::lock_guard lock(state_.mutex);
    if (!maker_.has_ground() || !state_.HasToStore()) return;
  }
  try {
    Store(work_.QuietJob());
  } catch (const std::exception& error) {
    work_.Message(MessageKind::kError, error.what());
  }
}

void AnswerThread::Failed(DeskStep step, const Error& error) {
  bool is_said = true;
  {
    const std::lock_guard lock(state_.mutex);
    std::vector<int64_t> dirty;
    const segmentation::PromptEdits selected = state_.Selected();
    for (const EditedObject& object : selected.objects())
      if (DeskState::IsDirty(object) && object.state != segmentation::MaskState::kHeld) dirty.push_back(object.edition);
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

}  // namespace sanerf::viewer
