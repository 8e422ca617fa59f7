// The thread that answers: one step after the other as DeskState::NextStep has them, made by AnswerMaker and stored; an
// edit interrupts what it makes obsolete.
#pragma once

#include <condition_variable>
#include <memory>
#include <thread>
#include <utility>

#include "sanerf/core/error.h"
#include "sanerf/core/job.h"
#include "sanerf/core/stop_token.h"
#include "sanerf/viewer/audience.h"
#include "sanerf/viewer/desk/answer_maker.h"
#include "sanerf/viewer/desk/desk_journal.h"
#include "sanerf/viewer/desk/desk_room.h"
#include "sanerf/viewer/desk/desk_state.h"
#include "sanerf/viewer/live/work_list.h"

namespace sanerf::viewer {

class AnswerThread {
 public:
  // Begins at once. All must outlive it.
  AnswerThread(const DeskRoom& room, DeskState& state, DeskJournal& journal, WorkList& work, Audience& audience);
  ~AnswerThread();                     // ends it, and stores what is fitted
  void Stop();                         // what is under way, for good; waits for nothing
  void Wake() { wake_.notify_all(); }  // there may be another step

  // Under the state's lock.
  void TakeUpAgain() { line_.TakeUpAgain(); }  // after somebody has canceled what it was at
  DeskStep doing() const { return doing_; }
  // A field that the run has, before there is a ground: undo brings it back.
  void Remember(std::shared_ptr<const Answer> fitted) { maker_.Remember(std::move(fitted)); }

 private:
  void Run();
  void Do(DeskStep step, const Job& job);
  void Store(const Job& job);
  void StoreAtTheEnd();
  void Failed(DeskStep step, const Error& error);

  const DeskRoom& room_;
  DeskState& state_;
  DeskJournal& journal_;
  WorkList& work_;
  Audience& audience_;

  // Under the state's lock.
  std::condition_variable wake_;
  bool is_closing_ = false;
  DeskStep doing_ = DeskStep::kNone;

  StopSource close_;
  WorkList::Line line_;
  AnswerMaker maker_;  // the thread's own
  std::thread thread_;
};

}  // namespace sanerf::viewer
