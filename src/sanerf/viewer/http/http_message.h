// A request and an answer of HTTP/1.1.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sanerf::viewer {

using HeaderList = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
  std::string method;                                      // "GET"
  std::string path;                                        // "/api/photo", decoded
  std::vector<std::pair<std::string, std::string>> query;  // decoded, in their order
  HeaderList headers;                                      // names in lower case; each once, cookies joined
  std::string body;
  int minor_version = 1;   // of HTTP/1.x
  bool keep_alive = true;  // the connection, after the answer

  bool only_reads() const { return method == "GET" || method == "HEAD"; }
  const std::string* Header(std::string_view name) const;  // null: there is none
};

struct HttpResponse {
  int status = 200;
  std::string type;  // "image/png"; empty: nothing is said about it
  std::string body;
  HeaderList headers;
};

}  // namespace sanerf::viewer
