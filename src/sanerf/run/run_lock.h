// Who may write to a run: one process at a time, which holds RUN/.lock.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "sanerf/run/run_folder.h"

namespace sanerf::run {

// Held while a command writes to the run. Throws Error when another process holds it, which says what to do about that.
// Taking it finishes or undoes what a killed process left half done.
class RunLock {
 public:
  enum class Holder : uint8_t { kCommand, kWindow };  // a window (`sanerf view`) stays until somebody ends it

  explicit RunLock(const std::filesystem::path& run, Holder holder = Holder::kCommand);
  ~RunLock();
  RunLock(const RunLock&) = delete;
  RunLock& operator=(const RunLock&) = delete;

 private:
  int descriptor_ = -1;
};

// The lock of a run that is there. Throws what RunFolder::Open throws where there is none or it is broken, and leaves
// nothing there.
std::unique_ptr<RunLock> LockRun(const std::filesystem::path& run, RunLock::Holder holder = RunLock::Holder::kCommand);

// A run to write to. Locked before run.json is read: nobody changes afterwards what is in it.
struct LockedRun {
  explicit LockedRun(const std::filesystem::path& run, RunLock::Holder holder = RunLock::Holder::kCommand)
      : lock(LockRun(run, holder)), folder(RunFolder::Open(run)) {}

  std::unique_ptr<RunLock> lock;
  RunFolder folder;
};

}  // namespace sanerf::run
