#include "sanerf/viewer/http/http_server.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <httplib.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <exception>
#include <optional>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

#include "sanerf/core/error.h"
#include "sanerf/core/stopwatch.h"
#include "sanerf/viewer/http/connections.h"
#include "sanerf/viewer/http/error_answers.h"
#include "sanerf/viewer/http/library_reply.h"

namespace sanerf::viewer {
namespace {

constexpr std::chrono::milliseconds kTurn{50};  // how often the server looks who has left and whether it should stop
constexpr double kPatienceAtTheEnd = 0.5;       // with who reads slowly, seconds
constexpr int kLastPort = 65535;
constexpr int kBacklog = 128;  // the library's five would be full when a page opens its connections

// The library hands requests around without the connection that they came by; each has its thread.
thread_local Exchange* current = nullptr;

HttpResponse AnswerTo(const Refusal& refusal) {
  return ErrorResponse(refusal.status, "this request is refused", refusal.why);
}

// All that the library knows of a request, so that nothing in it depends on how the library reads.
std::string HeadForLibrary(const RequestHead& head) {
  const std::string& method = head.request.method;
  if (method != "POST") return (method == "HEAD" ? method : "GET") + " / HTTP/1.1\r\n\r\n";
  return "POST / HTTP/1.1\r\n" +
         (head.is_chunked ? "Transfer-Encoding: chunked" : fmt::format("Content-Length: {}", head.content_length)) +
         "\r\n\r\n";
}

// A thread for each connection while it is open; who finds no room waits in the kernel.
class ConnectionThreads : public httplib::TaskQueue {
 public:
  explicit ConnectionThreads(Connections& connections) : connections_(connections) {}
  void enqueue(std::function<void()> serve) override {
    connections_.AwaitRoom();
    while (true) {
      try {
        return std::thread(serve).detach();  // shutdown waits for its connection
      } catch (const std::system_error&) {   // the system has no thread now
        std::this_thread::sleep_for(kTurn);
      }
    }
  }
  void shutdown() override {
    connections_.End();
    connections_.AwaitNone();
  }

 private:
  Connections& connections_;
};

// The library has the whole program ignore closed pipes, which is the command line's business.
class UnchangedSignal {
 public:
  explicit UnchangedSignal(int signal) : signal_(signal) { sigaction(signal_, nullptr, &before_); }
  ~UnchangedSignal() { sigaction(signal_, &before_, nullptr); }
  UnchangedSignal(const UnchangedSignal&) = delete;
  UnchangedSignal& operator=(const UnchangedSignal&) = delete;

 private:
  const int signal_;
  struct sigaction before_ {};
};

void CheckHost(const std::string& host) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int problem = getaddrinfo(host.c_str(), nullptr, &wanted, &found);
  if (problem != 0)
    throw Error("cannot serve at --host " + host, gai_strerror(problem),
                "give an address of this machine: 127.0.0.1, or 0.0.0.0 for all of them");
  freeaddrinfo(found);
}

}  // namespace

class HttpServer::Guarded : public httplib::Server {
 public:
  explicit Guarded(const HttpServerOptions& options)
      : options_(options), connections_(size_t(options.max_connections)) {
    SetUp();
    Bind();
  }
  ~Guarded() override {
    if (svr_sock_ != INVALID_SOCKET) close(svr_sock_);  // it has never served
  }

  int port() const { return port_; }
  void Run(const HttpHandler& handler, const Job& job);

 private:
  void SetUp();
  void Bind();
  bool process_and_close_socket(socket_t socket) override;
  bool ServeNext(Exchange& exchange, std::chrono::milliseconds patience);
  bool Process(Exchange& exchange);
  bool AnswersBeforeBody(httplib::Response& response);
  void Answer(httplib::Response& response);
  void Complete(httplib::Response& response) const;

  const HttpServerOptions options_;
  Connections connections_;
  const HttpHandler* handler_ = nullptr;
  int port_ = 0;
};

// ---- Beginning and end

void HttpServer::Guarded::SetUp() {
  set_tcp_nodelay(true);  // events are small and must not wait for each other
  // A server that was just ended leaves connections behind that would keep the port. The library's own option would
  // give one port to two servers.
  set_socket_options([](socket_t socket) {
    const int on = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  });
  new_task_queue = [this] { return new ConnectionThreads(connections_); };
  set_pre_routing_handler([this](const httplib::Request&, httplib::Response& response) {
    return AnswersBeforeBody(response) ? HandlerResponse::Handled : HandlerResponse::Unhandled;
  });
  Post("/", [this](const httplib::Request& request, httplib::Response& response) {
    current->head.request.body = request.body;
    current->may_go_on = current->head.request.keep_alive && !current->head.is_chunked;
    Answer(response);
  });
  set_exception_handler([](const httplib::Request&, httplib::Response& response, std::exception_ptr problem) {
    try {
      std::rethrow_exception(problem);
    } catch (...) {
      LibraryReply(*current, response).Send(AnswerToCurrentException());
    }
  });
  // For what the library finds by itself: a body that is too long, late, or not what its head says.
  set_error_handler(HandlerWithResponse([](const httplib::Request&, httplib::Response& response) {
    if (!current->is_answered)
      LibraryReply(*current, response)
          .Send(AnswerTo(current->stream.refusal().value_or(Refusal{400, "the body is not what its head says"})));
    return HandlerResponse::Handled;
  }));
  set_post_routing_handler([this](const httplib::Request&, httplib::Response& response) { Complete(response); });
}

void HttpServer::Guarded::Bind() {
  const std::string& host = options_.host;
  CheckHost(host);
  const int first = options_.port;
  const int last = first == 0 ? 0 : std::min(first + options_.ports_to_try - 1, kLastPort);
  for (int tried = first; tried <= last; ++tried) {
    port_ = tried == 0 ? bind_to_any_port(host) : bind_to_port(host, tried) ? tried : -1;
    if (port_ > 0) {
      ::listen(svr_sock_, kBacklog);
      return;
    }
    if (errno != EADDRINUSE)
      throw Error(fmt::format("cannot serve at {}, port {}", host, tried), std::strerror(errno),
                  errno == EACCES ? "ports below 1024 need root: choose another --port"
                                  : "give an address of this machine: --host 127.0.0.1");
  }
  throw Error(fmt::format("cannot serve at {}", host), fmt::format("the ports {} to {} are all taken", first, last),
              "choose another --port, or --port 0 for any free one");
}

void HttpServer::Guarded::Run(const HttpHandler& handler, const Job& job) {
  handler_ = &handler;
  std::atomic<bool> has_ended = false;
  bool has_failed = false;
  std::thread accepting([&] {
    has_failed = !listen_after_bind();
    has_ended = true;
  });
  while (!has_ended && !job.stop_requested()) {
    connections_.Look();
    std::this_thread::sleep_for(kTurn);
  }
  connections_.End();
  while (!is_running() && !has_ended) std::this_thread::yield();  // what has not begun cannot be stopped
  if (!has_ended) stop();
  for (const Stopwatch watch; !has_ended; std::this_thread::sleep_for(kTurn / 10))
    if (watch.seconds() > kPatienceAtTheEnd) connections_.Cut();
  accepting.join();
  if (!has_failed) return;
  svr_sock_ = INVALID_SOCKET;  // the library has closed it
  throw Error("the page cannot be served any longer", "the system gives no more connections",
              "close other programs, then start it again; everything is kept");
}

// ---- A connection, in a thread of its own

bool HttpServer::Guarded::process_and_close_socket(socket_t socket) {
  fcntl(socket, F_SETFD, FD_CLOEXEC);
  try {
    Exchange exchange{{connections_, socket}, {socket, options_.limits, options_.times}};
    current = &exchange;
    auto patience = options_.times.request;
    while (ServeNext(exchange, patience)) patience = options_.times.idle;
  } catch (...) {  // no memory for a sentence, or a handler throws what nobody knows: closing the connection says it
  }
  return true;
}

// False: this was the last one.
bool HttpServer::Guarded::ServeNext(Exchange& exchange, std::chrono::milliseconds patience) {
  GuardedStream& stream = exchange.stream;
  connections_.Waits(exchange.connection);
  if (!stream.AwaitByte(patience)) return false;
  connections_.Waits(exchange.connection);
  exchange.instead.reset();
  if (const std::optional<std::string> lines = stream.ReadHead()) {
    if (const auto refusal = ParseHead(*lines, options_.limits, &exchange.head)) exchange.instead = AnswerTo(*refusal);
  } else if (stream.refusal()) {
    exchange.instead = AnswerTo(*stream.refusal());
  } else {
    return false;
  }
  exchange.gone = connections_.Works(exchange.connection);
  exchange.may_go_on = false;
  const bool is_refused = exchange.instead.has_value();
  bool is_sent = Process(exchange);
  if (exchange.instead && !is_refused) {
    stream.Drop();
    is_sent = Process(exchange);
  }
  stream.Release();
  connections_.Waits(exchange.connection);
  if (is_sent && exchange.may_go_on) return true;
  stream.Linger();
  return false;
}

bool HttpServer::Guarded::Process(Exchange& exchange) {
  exchange.is_answered = false;
  exchange.stream.Give(exchange.instead ? "GET / HTTP/1.1\r\n\r\n" : HeadForLibrary(exchange.head));
  bool is_last = false;  // as the library sees it
  return process_request(exchange.stream, false, is_last, nullptr);
}

bool HttpServer::Guarded::AnswersBeforeBody(httplib::Response& response) {
  Exchange& exchange = *current;
  LibraryReply reply(exchange, response);
  if (exchange.instead) {
    reply.Send(*exchange.instead);
    return true;
  }
  const HttpRequest& request = exchange.head.request;
  exchange.may_go_on = request.keep_alive && !exchange.head.has_body();
  if (handler_->refuses && handler_->refuses(request, reply)) return true;
  if (request.method != "POST") {  // a body is of no interest
    Answer(response);
    return true;
  }
  if (exchange.head.expects_continue && exchange.head.has_body()) {
    constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    exchange.stream.write(kContinue.data(), kContinue.size());
  }
  return false;
}

void HttpServer::Guarded::Answer(httplib::Response& response) {
  LibraryReply reply(*current, response);
  handler_->answer(current->head.request, reply);
  if (!current->is_answered) reply.Send(ErrorResponse(500, "internal: a request was not answered"));
}

void HttpServer::Guarded::Complete(httplib::Response& response) const {
  for (const char* name : {"Connection", "Keep-Alive", "Accept-Ranges"}) response.headers.erase(name);
  if (response.status == 304) response.headers.erase("Content-Length");  // it would be that of the picture
  response.set_header("Connection", current->may_go_on ? "keep-alive" : "close");
  for (const auto& [name, value] : options_.headers)
    if (!response.has_header(name)) response.set_header(name, value);
}

// ---- HttpServer

HttpServer::HttpServer(const HttpServerOptions& options) {
  const UnchangedSignal pipes(SIGPIPE);
  server_ = std::make_unique<Guarded>(options);
}

HttpServer::~HttpServer() = default;

int HttpServer::port() const { return server_->port(); }

void HttpServer::Serve(const HttpHandler& handler, const Job& job) { server_->Run(handler, job); }

}  // namespace sanerf::viewer
