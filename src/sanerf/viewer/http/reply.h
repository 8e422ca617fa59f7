// The answer to one request, whoever carries it.
#pragma once

#include <filesystem>
#include <functional>
#include <string_view>

#include "sanerf/core/stop_token.h"
#include "sanerf/viewer/http/http_message.h"

namespace sanerf::viewer {

// One of Send, SendFile and Stream, once. None of them waits for the client: what they are given is sent after the
// handler has returned.
class Reply {
 public:
  using Write = std::function<bool(std::string_view)>;  // false: nobody listens any more
  using Body = std::function<void(const Write&)>;

  virtual ~Reply() = default;
  virtual void Send(HttpResponse response) = 0;
  // Throws Error when there is no such file.
  virtual void SendFile(const HttpResponse& head, const std::filesystem::path& file) = 0;
  // body is called after the handler has returned, so it owns what it needs; never for a client that wants the head
  // alone. What it throws before it has written anything becomes the answer instead; after that it ends the connection.
  virtual void Stream(const HttpResponse& head, Body body) = 0;
  virtual StopToken gone() const = 0;  // asked to stop when the client has left or the server ends
};

// The body of every error: {"error": {"what", "why", "hint"}}.
HttpResponse ErrorResponse(int status, std::string_view what, std::string_view why = "", std::string_view hint = "");

}  // namespace sanerf::viewer
