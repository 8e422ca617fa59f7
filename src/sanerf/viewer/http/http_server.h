// An HTTP/1.1 server for one page on one machine, made to be left alone with bad company: cpp-httplib behind a guard.
//
// The library accepts, reads bodies and writes answers. The guard reads heads, holds every connection to its limits and
// ends silent ones for others (guarded_stream.h, request_head.h, connections.h). Nothing that a client sends can end
// the server; at most it ends its own connection.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "sanerf/core/job.h"
#include "sanerf/viewer/http/http_message.h"
#include "sanerf/viewer/http/reply.h"
#include "sanerf/viewer/http/server_limits.h"

namespace sanerf::viewer {

struct HttpServerOptions {
  std::string host = "127.0.0.1";
  int port = 7007;          // 0: any free one
  int ports_to_try = 100;   // from `port` on
  HeaderList headers = {};  // of every answer that does not say otherwise
  HttpLimits limits = {};
  TimeLimits times = {};
  int max_connections = 64;
};

// Called in threads of the server's, at most max_connections at a time. What they throw becomes an answer
// (error_answers.h).
struct HttpHandler {
  std::function<void(const HttpRequest&, Reply&)> answer;
  // Asked before a body is read. True: it has answered, and that is all.
  std::function<bool(const HttpRequest&, Reply&)> refuses = nullptr;
};

class HttpServer {
 public:
  // Binds. Throws Error: no such address, no free port.
  explicit HttpServer(const HttpServerOptions& options);
  ~HttpServer();

  int port() const;

  // Until the job is asked to stop; returns when the last request has been answered. Once.
  void Serve(const HttpHandler& handler, const Job& job);

 private:
  class Guarded;
  std::unique_ptr<Guarded> server_;
};

}  // namespace sanerf::viewer
