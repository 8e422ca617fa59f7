// Asking a job to stop. Unlike std::stop_source a request is a single store, so a signal handler may make it.
#pragma once

#include <atomic>
#include <memory>

namespace sanerf {

// Copies share the request. One that no source made is never asked to stop.
class StopToken {
 public:
  StopToken() = default;
  bool stop_requested() const { return requested_ && requested_->load(std::memory_order_relaxed); }

 private:
  friend class StopSource;
  explicit StopToken(std::shared_ptr<const std::atomic<bool>> requested) : requested_(std::move(requested)) {}
  std::shared_ptr<const std::atomic<bool>> requested_;
};

class StopSource {
 public:
  void RequestStop() { requested_->store(true, std::memory_order_relaxed); }
  StopToken token() const { return StopToken(requested_); }

 private:
  static_assert(std::atomic<bool>::is_always_lock_free, "stored to in a signal handler");
  std::shared_ptr<std::atomic<bool>> requested_ = std::make_shared<std::atomic<bool>>(false);
};

}  // namespace sanerf
