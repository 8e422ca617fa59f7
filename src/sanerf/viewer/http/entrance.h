// Who gets in: the first visit brings the token and leaves it in a cookie; whoever has neither is answered by nobody
// else.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <utility>

#include "sanerf/viewer/http/access.h"
#include "sanerf/viewer/http/http_message.h"
#include "sanerf/viewer/http/reply.h"

namespace sanerf::viewer {

// Of every answer: what a browser may do with it.
HeaderList SecurityHeaders();

// Thread safe.
class Entrance {
 public:
  // rules must outlive it, and may be completed before the first request.
  explicit Entrance(const AccessRules& rules) : rules_(rules) {}

  // Called when somebody is let in or changes something; with it a page that is open finds back after a restart.
  void OnVisit(std::function<void()> call) { on_visit_ = std::move(call); }
  void NoteVisit() const { on_visit_(); }

  // A token for one visit: what stands on the command line of a browser can be read by everybody on the machine.
  std::string NewTicket();

  // True, with an answer: the request is not let in, whatever its body says.
  bool Refuses(const HttpRequest& request, Reply& reply) const;
  // True, with an answer: the request is a first visit, `/?token=`.
  bool LetsIn(const HttpRequest& request, Reply& reply);

 private:
  bool TakeTicket(const std::string& given);

  const AccessRules& rules_;
  std::function<void()> on_visit_ = [] {};
  std::mutex mutex_;
  std::string ticket_;
};

}  // namespace sanerf::viewer
