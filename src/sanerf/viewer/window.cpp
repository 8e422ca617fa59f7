#include "sanerf/viewer/window.h"

#include <fmt/format.h>

#include "sanerf/viewer/http/host_address.h"
#include "sanerf/viewer/visitors.h"

namespace sanerf::viewer {
namespace {

HttpServerOptions ServerOptions(const WindowRequest& request) {
  HttpServerOptions options;
  options.host = request.host;
  options.port = request.port;
  options.headers = SecurityHeaders();
  return options;
}

WorkspaceRequest WithServer(WorkspaceRequest request, const std::string& server) {
  request.server = server;
  return request;
}

}  // namespace

Window::Window(const WindowRequest& request)
    : server_(ServerOptions(request)),
      rules_{NewToken(), request.host, server_.port(), request.allowed_hosts, {}},
      server_id_(NewToken().substr(0, 8)),
      events_(server_id_),
      workspace_(std::make_unique<Workspace>(WithServer(request.workspace, server_id_), events_)),
      routes_(std::make_unique<Routes>(entrance_, server_id_, *workspace_, events_)) {
  run_ = workspace_->State().value("run", "");
  rules_.earlier = ReadVisitors(run_);
  entrance_.OnVisit([this] { RememberVisitors(); });
  events_.SetState([this] {
    RememberVisitors();  // a page is open, and the run may have come into being since it was opened
    return workspace_->State();
  });
}

// As soon as there is a run to remember them in.
void Window::RememberVisitors() {
  const std::lock_guard lock(mutex_);
  if (!has_remembered_) has_remembered_ = RememberVisitor(run_, rules_.token, rules_.earlier, events_);
}

Window::~Window() = default;

void Window::Serve(const Job& job) { server_.Serve(routes_->Handler(), job); }

std::string Window::UrlWith(const std::string& token) const {
  const std::string host = IsAnyAddress(rules_.host) ? "127.0.0.1" : rules_.host;
  const bool is_v6 = host.find(':') != std::string::npos;
  return fmt::format("http://{}{}{}:{}/?token={}", is_v6 ? "[" : "", host, is_v6 ? "]" : "", rules_.port, token);
}

}  // namespace sanerf::viewer
