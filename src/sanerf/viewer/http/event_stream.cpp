#include "sanerf/viewer/http/event_stream.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>
#include <utility>

namespace sanerf::viewer {
namespace {

constexpr std::chrono::milliseconds kLookAround{100};  // how often somebody who waits looks whether anybody listens

std::string OneLine(const Json& data) { return data.dump(-1, ' ', false, Json::error_handler_t::replace); }

std::string EventText(int64_t id, std::string_view event, std::string_view data) {
  return fmt::format("id: {}\nevent: {}\ndata: {}\n\n", id, event, data);
}

// Of a task only the newest count matters, and of the answers the newest.
std::string KeyOf(const std::string& event, const Json& data) {
  if (event == "answer") return event;
  const auto id = data.find("id");
  return event == "progress" && id != data.end() ? event + " " + OneLine(*id) : "";
}

}  // namespace

EventStream::EventStream(std::string server, EventStreamLimits limits) : server_(std::move(server)), limits_(limits) {}

void EventStream::SetState(std::function<Json()> state) { state_ = std::move(state); }

void EventStream::StateChanged() {
  {
    const std::lock_guard lock(mutex_);
    ++num_changes_;
  }
  wake_.notify_all();
}

void EventStream::Say(const std::string& event, const Json& data) {
  Kept kept{event, OneLine(data), KeyOf(event, data)};
  {
    const std::lock_guard lock(mutex_);
    if (!kept.key.empty()) {
      const auto [newest, is_first] = newest_of_key_.try_emplace(kept.key, end_id());
      if (!is_first) {
        Forget(&kept_[size_t(newest->second - first_id_)]);
        newest->second = end_id();
      }
    }
    kept_bytes_ += kept.data.size();
    kept_.push_back(std::move(kept));
    while (kept_.size() > limits_.kept_events || kept_bytes_ > limits_.kept_bytes) {
      const auto newest = newest_of_key_.find(kept_.front().key);
      if (newest != newest_of_key_.end() && newest->second == first_id_) newest_of_key_.erase(newest);
      Forget(&kept_.front());
      kept_.pop_front();
      ++first_id_;
    }
  }
  wake_.notify_all();
}

void EventStream::Forget(Kept* kept) {
  kept_bytes_ -= kept->data.size();
  kept->data.clear();
}

int EventStream::num_streams() const {
  const std::lock_guard lock(mutex_);
  return num_streams_;
}

std::shared_ptr<void> EventStream::TakeSeat() {
  const std::lock_guard lock(mutex_);
  if (num_streams_ >= limits_.streams) return nullptr;
  ++num_streams_;
  return {this, [](EventStream* stream) {
            const std::lock_guard lock(stream->mutex_);
            --stream->num_streams_;
          }};
}

bool EventStream::Serve(std::optional<int64_t> last_id, Reply& reply) {
  const std::shared_ptr<void> seat = TakeSeat();
  if (!seat) return false;
  Place place;
  {
    const std::lock_guard lock(mutex_);
    const bool can_continue = last_id && *last_id >= first_id_ - 1 && *last_id < end_id();
    place.next_id = can_continue ? *last_id + 1 : end_id();
  }
  // A proxy must not collect them.
  reply.Stream({200, "text/event-stream", "", {{"X-Accel-Buffering", "no"}}},
               [this, seat, place, gone = reply.gone()](const Reply::Write& write) { Send(place, write, gone); });
  return true;
}

void EventStream::Send(Place place, const Reply::Write& write, const StopToken& gone) {
  const Json hello = {{"protocol", 1}, {"server", server_}};
  bool listens = write("retry: 1000\n" + EventText(place.next_id - 1, "hello", OneLine(hello)));
  while (listens && !gone.stop_requested()) {
    std::string text;
    bool is_state_due;
    {
      std::unique_lock lock(mutex_);
      const auto until_state = limits_.between_states - (Clock::now() - place.last_state);
      const bool waits_for_state = place.state_seen != num_changes_;
      const auto patience = waits_for_state ? std::min<Clock::duration>(kLookAround, until_state) : kLookAround;
      wake_.wait_for(lock, patience, [&] { return place.next_id != end_id() || IsStateDue(place); });
      text = Missed(&place);
      is_state_due = IsStateDue(place);
    }
    if (is_state_due) text += StateText(&place);
    if (text.empty() && Clock::now() - place.last_word > limits_.silence) text = ": still here\n\n";
    if (text.empty()) continue;
    listens = write(text);
    place.last_word = Clock::now();
    std::this_thread::sleep_for(limits_.between_batches);
  }
}

// Under the lock.
std::string EventStream::Missed(Place* place) const {
  std::string text;
  if (place->next_id < first_id_) {  // too slow
    place->state_seen = -1;
    place->next_id = end_id();
  }
  for (; place->next_id < end_id(); ++place->next_id) {
    const Kept& kept = kept_[size_t(place->next_id - first_id_)];
    if (!kept.data.empty()) text += EventText(place->next_id, kept.event, kept.data);
  }
  return text;
}

// Under the lock.
bool EventStream::IsStateDue(const Place& place) const {
  return place.state_seen != num_changes_ && Clock::now() - place.last_state >= limits_.between_states;
}

std::string EventStream::StateText(Place* place) {
  {
    const std::lock_guard lock(mutex_);
    place->state_seen = num_changes_;  // what changes from here on is sent again
  }
  place->last_state = Clock::now();
  return EventText(place->next_id - 1, "state", OneLine(state_()));
}

}  // namespace sanerf::viewer
