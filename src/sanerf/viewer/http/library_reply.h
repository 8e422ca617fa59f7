// The answer to a request, as the HTTP library sends it.
#pragma once

#include <httplib.h>

#include <optional>

#include "sanerf/core/stop_token.h"
#include "sanerf/viewer/http/connections.h"
#include "sanerf/viewer/http/guarded_stream.h"
#include "sanerf/viewer/http/http_message.h"
#include "sanerf/viewer/http/reply.h"
#include "sanerf/viewer/http/request_head.h"

namespace sanerf::viewer {

// A connection with the request on it that is being answered.
struct Exchange {
  Connection connection;
  GuardedStream stream;
  RequestHead head = {};
  StopToken gone = {};
  std::optional<HttpResponse> instead = {};  // the answer, whatever was asked
  bool is_answered = false;
  bool may_go_on = false;  // with another request: where this one ends is beyond doubt
};

class LibraryReply : public Reply {
 public:
  // Both must outlive the sending.
  LibraryReply(Exchange& exchange, httplib::Response& response) : exchange_(exchange), response_(response) {}

  void Send(HttpResponse response) override;
  void SendFile(const HttpResponse& head, const std::filesystem::path& file) override;
  void Stream(const HttpResponse& head, Body body) override;
  StopToken gone() const override { return exchange_.gone; }

 private:
  void SetHead(const HttpResponse& head);

  Exchange& exchange_;
  httplib::Response& response_;
};

}  // namespace sanerf::viewer
