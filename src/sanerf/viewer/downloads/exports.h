// What is being made to take home, one at a time, and what is ready to be downloaded; in a folder of the window's own
// in the run (core/temporary.h), which goes with it, or with the next lock of the run after the process was killed.
#pragma once

#include <atomic>
#include <deque>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "sanerf/core/json.h"
#include "sanerf/core/temporary.h"
#include "sanerf/viewer/audience.h"
#include "sanerf/viewer/downloads/results.h"
#include "sanerf/viewer/live/wakeful_thread.h"
#include "sanerf/viewer/live/work_list.h"

namespace sanerf::viewer {

class Exports {
 public:
  // Of one run, which the window has locked.
  Exports(WorkList& work, Audience& audience);  // its end stops the one in progress

  // Returns its id. Throws UsageError at once for what makes no sense, NotNow when too many are waiting.
  int64_t Begin(const ExportRequest& request, const Json& options);
  Json State() const;  // "results" of docs/viewer.md
  // Throws NotFound for an id that is not there, NotNow while it is made.
  std::filesystem::path FileOf(int64_t id, std::string* name) const;

 private:
  struct Entry {
    int64_t id = 0;
    ExportRequest request;
    Json options;
    enum class State { kRunning, kReady, kFailed } state = State::kRunning;
    ExportedFile file;
    std::string error;
  };
  // Which task of the list the running export is at.
  class TaskNote : public EventSink {
   public:
    explicit TaskNote(Audience& audience) : audience_(audience) {}
    void Take(const Event& event) override;
    Json id() const;  // null: none

   private:
    Audience& audience_;
    std::atomic<uint64_t> id_ = 0;
  };
  std::filesystem::path PlaceOf(const Entry& entry);
  bool TakeNext(Entry* next);
  void Make(Entry entry, const StopToken& closing);
  Entry* Find(int64_t id);

  WorkList& work_;
  Audience& audience_;
  TaskNote task_;
  mutable std::mutex mutex_;
  std::deque<int64_t> waiting_;
  std::vector<Entry> entries_;
  std::optional<TemporaryFolder> folder_;  // since the first of them was begun
  int64_t last_id_ = 0, running_ = 0;
  WakefulThread thread_;
};

}  // namespace sanerf::viewer
