// A job on the command line: sentences and the progress of its tasks on stderr. Never on stdout: that is for results.
// On a terminal a live bar, otherwise plain lines every few seconds:
//   train  1200/5000  24%  ETA 8m12s  held-out psnr 28.4 (step 1000)  loss 0.0061  7.9k rays/s  7.7 steps/s
// A task that says nothing is shown all the same, with the time that it has taken: nothing looks stuck.
#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <thread>

#include "sanerf/core/events.h"

namespace sanerf {

enum class Verbosity { kQuiet, kNormal, kVerbose };  // -q: warnings only; nothing; -v: details too

// A task that ends within two seconds is not shown at all. Of several at once the one reported last has the live bar.
class ConsoleSink : public EventSink {
 public:
  explicit ConsoleSink(Verbosity verbosity = Verbosity::kNormal);
  ~ConsoleSink() override;
  void set_verbosity(Verbosity verbosity);
  void Take(const Event& event) override;
  // Shows the task reported last if it has been silent; called all the time by a thread of the sink's own.
  void ShowSilentTask();

 private:
  using Clock = std::chrono::steady_clock;
  // A task under way, as it was reported last.
  struct Shown {
    Event event;
    std::string title, unit, text;  // what the event points to would be gone
    Clock::time_point started, last_report, last_print;
    bool is_shown = false;

    Event AsProgress(Clock::time_point now) const;
  };
  void TakeTask(const Event& event);
  void Show(const Event& event, Clock::time_point now, Shown* task);
  void Watch();

  std::mutex mutex_;
  std::condition_variable wake_;
  Verbosity verbosity_;
  const bool on_terminal_;
  std::map<uint64_t, Shown> tasks_;
  bool is_closing_ = false;
  std::thread watcher_;  // from the first task on
};

}  // namespace sanerf
