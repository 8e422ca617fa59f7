// A socket as the HTTP library reads and writes it, within limits of size and time.
//
// The library (cpp-httplib) reads header lines of any length, heads leniently and bodies in chunks past its limit. So a
// head is read here, whole, and the library is given one of our own making; of a body it gets what the limits allow.
#pragma once

#include <httplib.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "sanerf/viewer/http/request_head.h"
#include "sanerf/viewer/http/server_limits.h"

namespace sanerf::viewer {

class GuardedStream : public httplib::Stream {
 public:
  // The socket stays the caller's.
  GuardedStream(int socket, const HttpLimits& limits, const TimeLimits& times)
      : socket_(socket), limits_(limits), times_(times) {}

  bool AwaitByte(std::chrono::milliseconds patience);  // of the next request; false: it does not come
  // Its head, without the empty line. Nothing when it is refused, or the client has left: then refusal() has nothing.
  std::optional<std::string> ReadHead();
  // Why reading has failed.
  const std::optional<Refusal>& refusal() const { return refusal_; }
  // What the library reads first; after it the body, if there is one.
  void Give(std::string head);

  // The head of an answer waits for the first bytes of its body.
  void Hold() { is_held_ = true; }
  void Release();
  void Drop();

  // The client may still be sending, and would not read the last answer if the socket were closed at once.
  void Linger();

  bool is_readable() const override;
  bool is_writable() const override;
  ssize_t read(char* bytes, size_t size) override;
  ssize_t write(const char* bytes, size_t size) override;
  void get_remote_ip_and_port(std::string&, int&) const override {}
  void get_local_ip_and_port(std::string&, int&) const override {}
  socket_t socket() const override { return socket_; }

 private:
  using Clock = std::chrono::steady_clock;
  std::string_view received() const { return std::string_view(received_).substr(used_); }
  bool Receive(Clock::time_point until);  // more; false: too late, or the client has left
  bool Is(short event) const;

  const int socket_;
  const HttpLimits limits_;
  const TimeLimits times_;
  std::string given_, received_, held_;
  size_t num_given_ = 0, used_ = 0;  // of given_ and received_
  size_t body_left_ = 0;             // bytes that may still be read of the body
  Clock::time_point deadline_;       // of the request
  bool has_left_ = false, is_held_ = false;
  std::optional<Refusal> refusal_;
};

}  // namespace sanerf::viewer
