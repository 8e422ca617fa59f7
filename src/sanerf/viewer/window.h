// `sanerf view` put together: the workspace of one scene, its addresses, and the server that listens for one person.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/viewer/http/access.h"
#include "sanerf/viewer/http/entrance.h"
#include "sanerf/viewer/http/event_stream.h"
#include "sanerf/viewer/http/http_server.h"
#include "sanerf/viewer/routes.h"
#include "sanerf/viewer/workspace.h"

namespace sanerf::viewer {

struct WindowRequest {
  WorkspaceRequest workspace;
  std::string host = "127.0.0.1";
  int port = 7007;                         // the first to try; 0 = any free one
  std::vector<std::string> allowed_hosts;  // names of a proxy in front
};

class Window {
 public:
  // Takes the port, then opens scene or run. Throws Error.
  explicit Window(const WindowRequest& request);
  ~Window();

  int port() const { return server_.port(); }
  const std::string& token() const { return rules_.token; }
  std::string Url() const { return UrlWith(rules_.token); }
  std::string UrlForOneVisit() { return UrlWith(entrance_.NewTicket()); }
  const std::string& run() const { return run_; }  // where results go

  // Until the job is asked to stop; then what has to be saved is saved.
  void Serve(const Job& job);

 private:
  std::string UrlWith(const std::string& token) const;
  void RememberVisitors();

  HttpServer server_;
  AccessRules rules_;
  Entrance entrance_{rules_};
  const std::string server_id_;
  EventStream events_;
  std::unique_ptr<Workspace> workspace_;
  std::unique_ptr<Routes> routes_;
  std::string run_;
  std::mutex mutex_;
  bool has_remembered_ = false;
};

}  // namespace sanerf::viewer
