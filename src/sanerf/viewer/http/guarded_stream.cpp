#include "sanerf/viewer/http/guarded_stream.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "sanerf/viewer/http/http_text.h"

namespace sanerf::viewer {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view kHeadEnd = "\r\n\r\n", kEmptyLine = "\r\n";
constexpr milliseconds kLongestLinger{2000};
constexpr size_t kMostDrained = 256 << 10;  // of what a client sends that will not be read
constexpr int kLookMs = 50;                 // how often a writer that waits looks at the clock
// A reader that is gone is an errno, not a signal, which would ask the whole program to stop.
constexpr int kSendFlags = MSG_NOSIGNAL | MSG_DONTWAIT;

}  // namespace

bool GuardedStream::AwaitByte(milliseconds patience) {
  const auto until = Clock::now() + patience;
  while (true) {
    while (received().starts_with(kEmptyLine)) used_ += kEmptyLine.size();  // after a body
    if (!received().empty() && received() != "\r") break;
    if (!Receive(until)) return false;
  }
  deadline_ = Clock::now() + times_.request;
  return true;
}

std::optional<std::string> GuardedStream::ReadHead() {
  refusal_.reset();
  if (!IsToken(received().substr(0, 1))) refusal_ = {400, "this is not HTTP"};  // TLS, say
  while (!refusal_) {
    const size_t end = received().find(kHeadEnd);
    if (std::min(end, received().size()) > limits_.head_bytes) {
      refusal_ = {431, fmt::format("the head of a request has at most {} bytes", limits_.head_bytes)};
    } else if (end != std::string_view::npos) {
      std::string head(received().substr(0, end));
      used_ += end + kHeadEnd.size();
      body_left_ = limits_.body_bytes;
      return head;
    } else if (!Receive(deadline_)) {
      if (!has_left_) refusal_ = {408, "the request took too long to arrive"};
      break;
    }
  }
  return std::nullopt;
}

void GuardedStream::Give(std::string head) {
  given_ = std::move(head);
  num_given_ = 0;
}

bool GuardedStream::Receive(Clock::time_point until) {
  std::array<char, 16 << 10> bytes;
  while (!has_left_) {
    const ssize_t count = recv(socket_, bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (count > 0) {
      received_.erase(0, used_);
      used_ = 0;
      received_.append(bytes.data(), size_t(count));
      return true;
    }
    if (count < 0 && errno == EINTR) continue;
    if (count == 0 || errno != EAGAIN) {
      has_left_ = true;
      break;
    }
    const auto left = std::chrono::ceil<milliseconds>(until - Clock::now());
    if (left.count() <= 0) break;
    pollfd readable{socket_, POLLIN, 0};
    poll(&readable, 1, int(left.count()));
  }
  return false;
}

ssize_t GuardedStream::read(char* bytes, size_t size) {
  if (num_given_ < given_.size()) {
    size = std::min(size, given_.size() - num_given_);
    std::memcpy(bytes, given_.data() + num_given_, size);
    num_given_ += size;
    return ssize_t(size);
  }
  if (body_left_ == 0) {
    refusal_ = {413, fmt::format("a body has at most {} bytes", limits_.body_bytes)};
    return -1;
  }
  if (received().empty() && !Receive(deadline_)) {
    if (!has_left_) refusal_ = {408, "the request took too long to arrive"};
    return -1;
  }
  size = std::min({size, received().size(), body_left_});
  std::memcpy(bytes, received().data(), size);
  used_ += size;
  body_left_ -= size;
  return ssize_t(size);
}

ssize_t GuardedStream::write(const char* bytes, size_t size) {
  if (is_held_) {
    held_.append(bytes, size);
    return ssize_t(size);
  }
  const auto until = Clock::now() + times_.stall;
  while (true) {
    const ssize_t sent = send(socket_, bytes, size, kSendFlags);
    if (sent >= 0) return sent;
    if ((errno != EAGAIN && errno != EINTR) || Clock::now() > until) return -1;
    pollfd writable{socket_, POLLOUT, 0};
    poll(&writable, 1, kLookMs);
  }
}

void GuardedStream::Release() {
  is_held_ = false;
  std::string_view rest = held_;
  while (!rest.empty()) {
    const ssize_t sent = write(rest.data(), rest.size());
    if (sent < 0) break;  // what comes next says so as well
    rest.remove_prefix(size_t(sent));
  }
  held_.clear();
}

void GuardedStream::Drop() {
  is_held_ = false;
  held_.clear();
}

void GuardedStream::Linger() {
  shutdown(socket_, SHUT_WR);
  const auto until = Clock::now() + kLongestLinger;
  for (size_t drained = 0; drained < kMostDrained && Receive(until);) {
    drained += received().size();
    used_ = received_.size();
  }
}

bool GuardedStream::Is(short event) const {
  pollfd asked{socket_, event, 0};
  return poll(&asked, 1, 0) == 1 && (asked.revents & event) != 0;
}

bool GuardedStream::is_readable() const { return !received().empty() || Is(POLLIN); }
bool GuardedStream::is_writable() const { return Is(POLLOUT); }

}  // namespace sanerf::viewer
