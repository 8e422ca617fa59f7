// A job on the command line: sentences and the progress of its tasks on stderr. Never on stdout: that is for results.
// On a terminal a live bar, otherwise plain lines every few seconds:
//   train  1200/5000  24%  loss 0.0061  psnr 28.4  7.9k rays/s  ETA 8m12s
#pragma once

#include <chrono>
#include <map>
#include <mutex>

#include "sanerf/core/events.h"

namespace sanerf {

enum class Verbosity { kQuiet, kNormal, kVerbose };  // -q: warnings only; nothing; -v: details too

// A task that ends within two seconds is not shown at all. Of several at once the one reported last has the live bar.
class ConsoleSink : public EventSink {
 public:
  explicit ConsoleSink(Verbosity verbosity = Verbosity::kNormal);
  void set_verbosity(Verbosity verbosity);
  void Take(const Event& event) override;

 private:
  using Clock = std::chrono::steady_clock;
  struct Shown {
    bool is_shown = false;
    Clock::time_point last_print;
  };
  void TakeTask(const Event& event);

  std::mutex mutex_;
  Verbosity verbosity_;
  const bool on_terminal_;
  std::map<uint64_t, Shown> tasks_;  // those under way
};

}  // namespace sanerf
