// A server in a thread of its own, and a client that sends whatever bytes a test wants. For tests only.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "sanerf/core/job.h"
#include "sanerf/core/stop_token.h"
#include "sanerf/viewer/http/http_server.h"

namespace sanerf::viewer {

class RunningServer {
 public:
  RunningServer(HttpServerOptions options, HttpHandler handler)
      : server_(OnAnyPort(std::move(options))),
        thread_([this, handler = std::move(handler)] { server_.Serve(handler, Job().With(stop_.token())); }) {}
  ~RunningServer() { Stop(); }

  int port() const { return server_.port(); }
  void Stop() {
    stop_.RequestStop();
    if (thread_.joinable()) thread_.join();
  }

 private:
  static HttpServerOptions OnAnyPort(HttpServerOptions options) {
    options.port = 0;
    return options;
  }

  StopSource stop_;
  HttpServer server_;
  std::thread thread_;
};

struct RawAnswer {
  int status = 0;  // 0: the connection ended without one
  std::string head, body;

  std::string Header(const std::string& name) const {
    const std::string start = "\r\n" + name + ": ";
    const size_t at = head.find(start);
    if (at == std::string::npos) return "";
    return head.substr(at + start.size(), head.find("\r\n", at + 2) - at - start.size());
  }
};

class RawClient {
 public:
  explicit RawClient(int port) : descriptor_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(uint16_t(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  }
  ~RawClient() { close(descriptor_); }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  // False: the server has closed the connection.
  bool Send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(size_t(sent));
    }
    return true;
  }
  void EndSending() { shutdown(descriptor_, SHUT_WR); }

  // Status and headers of the next answer on this connection.
  RawAnswer Head() {
    RawAnswer answer;
    size_t end;
    while ((end = received_.find("\r\n\r\n")) == std::string::npos)
      if (!ReadMore()) return answer;
    answer.head = Taken(end + 4);
    answer.status = std::atoi(answer.head.c_str() + std::string_view("HTTP/1.1 ").size());
    return answer;
  }
  // All of it; is_head: to a HEAD, which has no body.
  RawAnswer Receive(bool is_head = false) {
    RawAnswer answer = Head();
    if (answer.status == 0) return answer;
    if (is_head || answer.status == 304 || answer.status == 100) return answer;
    if (answer.Header("Transfer-Encoding") == "chunked") {
      for (std::string chunk = Chunk(); !chunk.empty(); chunk = Chunk()) answer.body += chunk;
    } else if (const std::string length = answer.Header("Content-Length"); !length.empty()) {
      while (received_.size() < std::stoul(length) && ReadMore()) continue;
      answer.body = Taken(std::stoul(length));
    } else {
      while (ReadMore()) continue;
      answer.body = Taken(received_.size());
    }
    return answer;
  }
  // One chunk of a body; empty: the last one, or the connection has ended.
  std::string Chunk() {
    size_t end;
    while ((end = received_.find("\r\n")) == std::string::npos)
      if (!ReadMore()) return "";
    const size_t size = std::strtoul(Taken(end + 2).c_str(), nullptr, 16);
    while (received_.size() < size + 2)
      if (!ReadMore()) return "";
    return Taken(size + 2).substr(0, size);
  }
  // Nothing more comes: the server has closed its side.
  bool IsClosed() { return received_.empty() && !ReadMore(); }

 private:
  bool ReadMore() {
    constexpr int kPatienceMs = 20'000;  // a test that hangs should say so
    pollfd readable{descriptor_, POLLIN, 0};
    if (poll(&readable, 1, kPatienceMs) != 1) {
      ADD_FAILURE() << "the server says nothing";
      return false;
    }
    char bytes[4096];
    const ssize_t count = recv(descriptor_, bytes, sizeof bytes, 0);
    if (count <= 0) return false;
    received_.append(bytes, size_t(count));
    return true;
  }
  std::string Taken(size_t count) {
    std::string taken = received_.substr(0, count);
    received_.erase(0, count);
    return taken;
  }

  const int descriptor_;
  std::string received_;
};

// One request on a connection of its own.
inline RawAnswer Ask(int port, std::string_view request) {
  RawClient client(port);
  client.Send(request);
  return client.Receive(request.starts_with("HEAD "));
}

}  // namespace sanerf::viewer
