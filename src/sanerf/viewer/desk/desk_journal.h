// The desk's journal: what an earlier window has said is read in the beginning, what is said now is written down at
// once, as soon as there is a run to write it into.
#pragma once

#include <filesystem>
#include <mutex>

#include "sanerf/viewer/desk/desk_state.h"
#include "sanerf/viewer/live/work_list.h"

namespace sanerf::viewer {

class DeskJournal {
 public:
  // Reads it into the state. One that cannot be read or set aside stays, and nothing is written. state and work must
  // outlive it.
  DeskJournal(std::filesystem::path run, DeskState& state, WorkList& work);

  // Under the state's lock: something was said, or the run may have lost what was written.
  void NoteChange() { is_written_ = false; }
  void Write();
  void WriteChanges();  // if there are any

 private:
  const std::filesystem::path run_;
  DeskState& state_;
  WorkList& work_;
  bool is_written_ = true;  // under the state's lock
  std::mutex mutex_;        // held while it is written
  bool had_run_ = false;    // with the mutex above
  bool may_write_ = true;   // false: a file that is there would be lost
};

}  // namespace sanerf::viewer
