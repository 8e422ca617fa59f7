// The head of a request, read strictly where leniency has been the way in elsewhere: lines end with CR LF, a body has
// one length, an address is UTF-8.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sanerf/viewer/http/http_message.h"
#include "sanerf/viewer/http/server_limits.h"

namespace sanerf::viewer {

// Why a request is refused before anybody has looked at what it wants.
struct Refusal {
  int status;       // 400, 413, 431, …
  std::string why;  // a sentence
};

struct RequestHead {
  HttpRequest request;  // without its body
  size_t content_length = 0;
  bool is_chunked = false, expects_continue = false;

  bool has_body() const { return is_chunked || content_length > 0; }
};

// lines: all of the head, without the empty line that ends it. Nothing, or why it is refused.
std::optional<Refusal> ParseHead(std::string_view lines, const HttpLimits& limits, RequestHead* head);

}  // namespace sanerf::viewer
