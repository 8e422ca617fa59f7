#include "sanerf/viewer/http/connections.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <vector>

namespace sanerf::viewer {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kGrace{250};  // for a connection to say something before another has its place
constexpr std::chrono::milliseconds kLook{20};    // how often somebody who waits for a place looks for one

// Its thread sees the end of the connection, whatever it waits for.
void HangUp(const Connection& connection) { shutdown(connection.socket, SHUT_RDWR); }

}  // namespace

Connection::Connection(Connections& all_of_them, int its_socket)
    : all(all_of_them), socket(its_socket), since(SteadyClock::now()) {
  const std::lock_guard lock(all.mutex_);
  all.connections_.push_back(this);
}

Connection::~Connection() {
  const std::lock_guard lock(all.mutex_);
  all.connections_.remove(this);
  close(socket);  // under the lock, as is hanging up: the next connection may get the same number
  --all.num_taken_;
  all.room_.notify_all();
}

void Connections::AwaitRoom() {
  std::unique_lock lock(mutex_);
  while (num_taken_ >= most_ && !is_ending_) {
    Connection* oldest = nullptr;
    for (Connection* one : connections_)
      if (one->is_silent && !one->has_left && (oldest == nullptr || one->since < oldest->since)) oldest = one;
    if (oldest != nullptr && SteadyClock::now() - oldest->since >= kGrace) {
      oldest->has_left = true;
      HangUp(*oldest);
    }
    room_.wait_for(lock, kLook);
  }
  ++num_taken_;
}

void Connections::AwaitNone() {
  std::unique_lock lock(mutex_);
  room_.wait(lock, [this] { return num_taken_ == 0; });
}

void Connections::Waits(Connection& connection) {
  const std::lock_guard lock(mutex_);
  connection.is_silent = true;
  connection.since = SteadyClock::now();
  if (is_ending_) HangUp(connection);
}

StopToken Connections::Works(Connection& connection) {
  const std::lock_guard lock(mutex_);
  connection.is_silent = false;
  connection.gone = StopSource();
  if (is_ending_ || connection.has_left) connection.gone.RequestStop();
  return connection.gone.token();
}

void Connections::Look() {
  const std::lock_guard lock(mutex_);
  std::vector<pollfd> watched;
  std::vector<Connection*> who;
  for (Connection* one : connections_) {
    if (one->is_silent || one->has_left) continue;
    watched.push_back({one->socket, POLLRDHUP, 0});
    who.push_back(one);
  }
  poll(watched.data(), watched.size(), 0);
  for (size_t i = 0; i < who.size(); ++i) {
    if ((watched[i].revents & (POLLRDHUP | POLLHUP | POLLERR)) == 0) continue;
    who[i]->has_left = true;
    who[i]->gone.RequestStop();
  }
}

void Connections::End() {
  const std::lock_guard lock(mutex_);
  is_ending_ = true;
  for (Connection* one : connections_) {
    one->gone.RequestStop();
    if (one->is_silent) HangUp(*one);
  }
  room_.notify_all();
}

void Connections::Cut() {
  const std::lock_guard lock(mutex_);
  for (const Connection* one : connections_) HangUp(*one);
}

}  // namespace sanerf::viewer
