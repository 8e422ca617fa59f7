#include "sanerf/viewer/live/wakeful_thread.h"

#include <utility>

namespace sanerf::viewer {

WakefulThread::WakefulThread(Look look, std::optional<std::chrono::milliseconds> every)
    : look_(std::move(look)), every_(every), thread_([this] { Run(); }) {}

void WakefulThread::Wake() {
  {
    const std::lock_guard lock(mutex_);
    is_woken_ = true;
  }
  wake_.notify_all();
}

void WakefulThread::End() {
  {
    const std::lock_guard lock(mutex_);
    closing_.RequestStop();
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void WakefulThread::Run() {
  const StopToken closing = closing_.token();
  while (!closing.stop_requested()) {
    look_(closing);
    std::unique_lock lock(mutex_);
    const auto is_called = [&] { return is_woken_ || closing.stop_requested(); };
    if (every_) {
      wake_.wait_for(lock, *every_, is_called);
    } else {
      wake_.wait(lock, is_called);
    }
    is_woken_ = false;
  }
}

}  // namespace sanerf::viewer
