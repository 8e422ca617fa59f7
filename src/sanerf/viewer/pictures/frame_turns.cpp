#include "sanerf/viewer/pictures/frame_turns.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "sanerf/core/error.h"
#include "sanerf/viewer/call_errors.h"

namespace sanerf::viewer {
namespace {

constexpr size_t kClients = 64;
constexpr std::chrono::milliseconds kBetweenLooks{10};  // between two looks at who was asked to stop
constexpr std::chrono::milliseconds kPatience{2000};    // with pictures whose reader takes no bytes

}  // namespace

StopToken NewestWins::Begin(const std::string& client, int64_t seq) {
  const std::lock_guard lock(mutex_);
  const auto found = clients_.find(client);
  if (found != clients_.end() && seq < found->second.seq) {
    StopSource outdated;
    outdated.RequestStop();
    return outdated.token();
  }
  if (found != clients_.end()) found->second.stop.RequestStop();
  if (found == clients_.end() && clients_.size() >= kClients) {  // the one that has been silent for longest is gone
    clients_.erase(std::min_element(clients_.begin(), clients_.end(), [](const auto& a, const auto& b) {
      return a.second.last_use < b.second.last_use;
    }));
  }
  Client& newest = clients_[client] = {seq, StopSource(), ++num_requests_};
  return newest.stop.token();
}

FrameTurns::Turn::~Turn() {
  {
    const std::lock_guard lock(turns_.mutex_);
    turns_.drawn_.erase(drawn_);
  }
  turns_.ended_.notify_all();
}

std::unique_ptr<FrameTurns::Turn> FrameTurns::Take(StopToken newer, StopToken gone) {
  const Drawn mine{std::move(newer), std::move(gone)};
  const auto until = std::chrono::steady_clock::now() + kPatience;
  std::unique_lock lock(mutex_);
  while (!mine.IsEnding() && drawn_.size() >= most_) {
    const bool has_ending = std::any_of(drawn_.begin(), drawn_.end(), [](const Drawn& one) { return one.IsEnding(); });
    if (!has_ending || std::chrono::steady_clock::now() > until)
      throw TooMuch("too many pictures are being drawn", fmt::format("{} at a time is the limit", most_),
                    "close other pages of this program, or try again in a moment");
    ended_.wait_for(lock, kBetweenLooks);
  }
  if (mine.IsEnding()) throw InterruptedError("the picture is not drawn", "a newer one was asked for");
  return std::make_unique<Turn>(*this, drawn_.insert(drawn_.end(), mine));
}

}  // namespace sanerf::viewer
