// The addresses of docs/viewer.md: who may ask, what is asked, and the answer of the workspace as HTTP.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <utility>

#include "sanerf/viewer/calls.h"
#include "sanerf/viewer/http/access.h"
#include "sanerf/viewer/http/event_stream.h"
#include "sanerf/viewer/http/reply.h"
#include "sanerf/viewer/pictures/frame_turns.h"

namespace sanerf::viewer {

// Of every answer: what a browser may do with it.
HeaderList SecurityHeaders();

class Routes {
 public:
  // server: the same as the event stream's. All must outlive it.
  Routes(const AccessRules& rules, std::string server, Calls& calls, EventStream& events)
      : rules_(rules), server_(std::move(server)), calls_(calls), events_(events) {}

  static constexpr size_t kFramesAtOnce = 8;    // of all pages together: each takes some 30 MB at 4096 pixels
  static constexpr int kEditsPerMinute = 1200;  // of all pages together; hiding 254 objects is one for each

  // Both are thread safe; what they throw the server answers.
  // True, with an answer: the request is not let in, whatever its body says.
  bool Refuses(const HttpRequest& request, Reply& reply) const;
  void Answer(const HttpRequest& request, Reply& reply);

  // Called when somebody is let in or changes something; with it a page that is open finds back after a restart.
  void OnVisit(std::function<void()> call) { on_visit_ = std::move(call); }

  // A token for one visit: what stands on the command line of a browser can be read by everybody on the machine.
  std::string NewTicket();

 private:
  void Get(const HttpRequest& request, Reply& reply);
  void Post(const HttpRequest& request, Reply& reply);
  void LetIn(const HttpRequest& request, Reply& reply);
  bool TakeTicket(const std::string& given);
  void Picture(const HttpRequest& request, Reply& reply);
  void Events(const HttpRequest& request, Reply& reply);
  void Hover(const HttpRequest& request, Reply& reply);
  void Frame(const HttpRequest& request, Reply& reply);
  void Result(const HttpRequest& request, Reply& reply);
  void Page(const HttpRequest& request, Reply& reply);

  const AccessRules& rules_;
  const std::string server_;
  Calls& calls_;
  EventStream& events_;
  RateLimiter edits_{kEditsPerMinute};
  NewestWins hovers_, frames_;
  FrameTurns frame_turns_{kFramesAtOnce};
  std::function<void()> on_visit_ = [] {};
  std::mutex mutex_;
  std::string ticket_;
};

}  // namespace sanerf::viewer
