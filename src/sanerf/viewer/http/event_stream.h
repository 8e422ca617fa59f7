// What happens, to every page that listens, as server-sent events: the workspace's audience.
//
// The last events are kept, for pages that were away for a moment. Whoever missed more, or is too slow, gets the state
// as it is instead, and so does everybody at the beginning: no page needs to have seen everything.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "sanerf/core/json.h"
#include "sanerf/viewer/audience.h"
#include "sanerf/viewer/http/reply.h"

namespace sanerf::viewer {

struct EventStreamLimits {
  int streams = 16;
  size_t kept_events = 512, kept_bytes = 4 << 20;
  std::chrono::milliseconds between_states{100};  // at least
  std::chrono::milliseconds between_batches{20};  // so that much at once is little work
  std::chrono::milliseconds silence{15'000};      // then a comment says that the connection lives
};

class EventStream : public Audience {
 public:
  // server: what `hello` says, new with every start.
  explicit EventStream(std::string server, EventStreamLimits limits = {});
  // Where the state comes from, asked by the threads that serve. To be set before the first of them.
  void SetState(std::function<Json()> state);

  void StateChanged() override;
  void Say(const std::string& event, const Json& data) override;

  // Answers with events until the client is gone. last_id: of the last one that it has seen. False, without an answer:
  // there are too many already.
  bool Serve(std::optional<int64_t> last_id, Reply& reply);

  int num_streams() const;

 private:
  using Clock = std::chrono::steady_clock;
  struct Kept {
    std::string event, data;  // data: empty once a later event of the same key says it better
    std::string key;          // may be empty
  };
  struct Place {              // of one who listens
    int64_t next_id = 0;      // to be sent
    int64_t state_seen = -1;  // the change up to which the state that it has goes
    Clock::time_point last_state{}, last_word = Clock::now();
  };
  std::shared_ptr<void> TakeSeat();  // null: there is none; free again when nobody has it
  void Send(Place place, const Reply::Write& write, const StopToken& gone);
  int64_t end_id() const { return first_id_ + int64_t(kept_.size()); }
  std::string Missed(Place* place) const;
  bool IsStateDue(const Place& place) const;
  std::string StateText(Place* place);
  void Forget(Kept* kept);

  const std::string server_;
  const EventStreamLimits limits_;
  std::function<Json()> state_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Kept> kept_;  // with the ids first_id_, first_id_ + 1, …
  std::map<std::string, int64_t> newest_of_key_;
  size_t kept_bytes_ = 0;
  int64_t first_id_ = 1, num_changes_ = 0;
  int num_streams_ = 0;
};

}  // namespace sanerf::viewer
