// The addresses of docs/viewer.md: what is asked, and the answer of the workspace as HTTP.
#pragma once

#include <string>
#include <utility>

#include "sanerf/viewer/calls.h"
#include "sanerf/viewer/http/access.h"
#include "sanerf/viewer/http/entrance.h"
#include "sanerf/viewer/http/event_stream.h"
#include "sanerf/viewer/http/http_server.h"
#include "sanerf/viewer/http/reply.h"
#include "sanerf/viewer/pictures/frame_turns.h"

namespace sanerf::viewer {

class Routes {
 public:
  // server: the same as the event stream's. All must outlive it.
  Routes(Entrance& entrance, std::string server, Calls& calls, EventStream& events)
      : entrance_(entrance), server_(std::move(server)), calls_(calls), events_(events) {}
  static constexpr size_t kFramesAtOnce = 8;    // of all pages together: each takes some 30 MB at 4096 pixels
  static constexpr int kEditsPerMinute = 1200;  // of all pages together; hiding 254 objects is one for each

  // For the server: the entrance, and behind it the addresses. Must not outlive this.
  HttpHandler Handler();

 private:
  void Get(const HttpRequest& request, Reply& reply);
  void Post(const HttpRequest& request, Reply& reply);
  void Picture(const HttpRequest& request, Reply& reply);
  void Events(const HttpRequest& request, Reply& reply);
  void Hover(const HttpRequest& request, Reply& reply);
  void Frame(const HttpRequest& request, Reply& reply);
  void Result(const HttpRequest& request, Reply& reply);
  void Page(const HttpRequest& request, Reply& reply);

  Entrance& entrance_;
  const std::string server_;
  Calls& calls_;
  EventStream& events_;
  RateLimiter edits_{kEditsPerMinute};
  NewestWins hovers_, frames_;
  FrameTurns frame_turns_{kFramesAtOnce};
};

}  // namespace sanerf::viewer
