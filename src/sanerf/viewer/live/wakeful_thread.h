// A thread that looks for what there is to do whenever it is woken.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "sanerf/core/stop_token.h"

namespace sanerf::viewer {

// The last member of what it works for: it begins at once.
class WakefulThread {
 public:
  // look: called first of all, after every Wake and, where that is said, every so often; throws nothing. closing: asked
  // to stop by End.
  using Look = std::function<void(const StopToken& closing)>;
  explicit WakefulThread(Look look, std::optional<std::chrono::milliseconds> every = std::nullopt);
  ~WakefulThread() { End(); }
  WakefulThread(const WakefulThread&) = delete;
  WakefulThread& operator=(const WakefulThread&) = delete;

  void Wake();  // also while it looks: it looks once more
  void End();   // waits for the look in progress; nothing wakes it any more
  StopToken closing() const { return closing_.token(); }

 private:
  void Run();

  const Look look_;
  const std::optional<std::chrono::milliseconds> every_;
  StopSource closing_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool is_woken_ = false;
  std::thread thread_;
};

}  // namespace sanerf::viewer
