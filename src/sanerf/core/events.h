// What a job reports while it runs. The command line's progress bar, a training's log file, a window and a test's
// recorder are sinks of the same events; nothing else in a room says anything to anybody.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace sanerf {

struct Metric {
  std::string_view name;
  double value;
};

struct Event {
  enum class Kind {
    kStarted,    // a task: something that takes a while and counts to `total`
    kProgress,   // `done` of `total`; text: "loss 0.0061  psnr 28.4", may be empty
    kFinished,   // the task is done; text: its result, may be empty
    kAbandoned,  // the task ended early: an error, or it was stopped
    kMetrics,    // numbers of one training step
    kInfo,       // a sentence that the user sees unless the command is quiet
    kDetail,     // a sentence that the user sees on request (-v)
    kWarning,    // a sentence that must be seen
    kSaved,      // text: the path of a file or folder that is complete now
  };
  Kind kind = Kind::kInfo;
  std::string_view text;

  // Of tasks (kStarted to kMetrics).
  uint64_t task_id = 0;  // the same for all events of a task, different for each task of the process
  std::string_view title;
  std::string_view unit;        // what done and total count: "steps", "views"
  int64_t done = 0, total = 0;  // total 0: not known
  int64_t already_done = 0;     // where a resumed task started; does not count for a rate
  double seconds = 0;           // since the task started
  std::span<const Metric> metrics;
};

// Several threads may report at once. What an event points to is gone when Take returns.
class EventSink {
 public:
  virtual ~EventSink() = default;
  virtual void Take(const Event& event) = 0;
};

}  // namespace sanerf
