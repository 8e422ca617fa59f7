#include "sanerf/viewer/http/http_server.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <vector>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/json.h"
#include "sanerf/core/stopwatch.h"
#include "sanerf/viewer/http/http_test_support.h"

namespace sanerf::viewer {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

const std::string kGet = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

std::string Post(const std::string& body) {
  return "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

// Answers with the method, the path and the body.
void Echo(const HttpRequest& request, Reply& reply) {
  reply.Send({200, "text/plain", request.method + " " + request.path + " " + request.body, {}});
}

HttpServerOptions Quick() {  // so that tests of patience take none
  HttpServerOptions options;
  options.headers = {{"X-Everywhere", "yes"}};
  options.times = {milliseconds(400), milliseconds(400), milliseconds(400)};
  return options;
}

// The server is well when it answers somebody else.
void ExpectAlive(const RunningServer& server) { EXPECT_EQ(Ask(server.port(), kGet).body, "GET /a "); }

TEST(HttpServer, AnswersSeveralRequestsOnAConnection) {
  const RunningServer server(Quick(), {Echo});
  RawClient client(server.port());
  for (int i = 0; i < 3; ++i) {
    client.Send(Post("body " + std::to_string(i)));
    const RawAnswer answer = client.Receive();
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "POST /a body " + std::to_string(i));
    EXPECT_EQ(answer.Header("X-Everywhere"), "yes");
    EXPECT_EQ(answer.Header("Connection"), "keep-alive");
  }
}

TEST(HttpServer, AnswersWhatIsSentAheadInItsOrder) {
  const RunningServer server(Quick(), {Echo});
  RawClient client(server.port());
  client.Send(Post("1") + kGet + Post("2") + "GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" + kGet);
  for (const char* body : {"POST /a 1", "GET /a ", "POST /a 2", "GET /last "}) EXPECT_EQ(client.Receive().body, body);
  EXPECT_TRUE(client.IsClosed());
}

TEST(HttpServer, OldClientsGetTheirAnswerAndTheEnd) {
  const RunningServer server(Quick(), {Echo});
  RawClient client(server.port());
  client.Send("GET /old HTTP/1.0\r\n\r\n");
  EXPECT_EQ(client.Receive().body, "GET /old ");
  EXPECT_TRUE(client.IsClosed());
}

TEST(HttpServer, HeadHasTheLengthAndNoBody) {
  const RunningServer server(Quick(), {Echo});
  RawClient client(server.port());
  client.Send("HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n" + kGet);
  EXPECT_EQ(client.Receive(true).Header("Content-Length"), "8");  // "HEAD /a "
  EXPECT_EQ(client.Receive().body, "GET /a ");
}

TEST(HttpServer, StreamsArriveAsTheyAreWritten) {
  std::atomic<bool> may_end = false;
  const RunningServer server(Quick(), {[&](const HttpRequest&, Reply& reply) {
                               reply.Stream({200, "text/plain", "", {}}, [&](const Reply::Write& write) {
                                 EXPECT_TRUE(write("first"));
                                 while (!may_end) std::this_thread::sleep_for(milliseconds(1));
                                 write("second");
                               });
                             }});
  RawClient client(server.port());
  client.Send(kGet);
  EXPECT_EQ(client.Head().Header("Transfer-Encoding"), "chunked");
  EXPECT_EQ(client.Chunk(), "first");
  may_end = true;
  EXPECT_EQ(client.Chunk(), "second");
  EXPECT_EQ(client.Chunk(), "");
  EXPECT_THAT(Ask(server.port(), kGet).body, "firstsecond");
  EXPECT_THAT(Ask(server.port(), "GET / HTTP/1.0\r\n\r\n").body, "firstsecond");
}

TEST(HttpServer, FilesAreSentFromTheDisk) {
  const TestFolder folder;
  const std::string bytes(3'000'000, 'x');
  WriteFileAtomic(folder / "big", bytes);
  WriteFileAtomic(folder / "empty", "");
  const RunningServer server(Quick(), {[&](const HttpRequest& request, Reply& reply) {
                               reply.SendFile({200, "text/plain", "", {}}, folder / request.path.substr(1));
                             }});
  EXPECT_TRUE(Ask(server.port(), "GET /big HTTP/1.1\r\nHost: x\r\n\r\n").body == bytes);
  EXPECT_EQ(Ask(server.port(), "HEAD /big HTTP/1.1\r\nHost: x\r\n\r\n").Header("Content-Length"), "3000000");
  EXPECT_EQ(Ask(server.port(), "GET /empty HTTP/1.1\r\nHost: x\r\n\r\n").Header("Content-Length"), "0");
  const RawAnswer missing = Ask(server.port(), "GET /none HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(missing.status, 500);
  EXPECT_THAT(missing.body, HasSubstr("cannot read"));
}

TEST(HttpServer, WhatAHandlerThrowsIsAnAnswer) {
  const auto fails = [](const HttpRequest& request, Reply& reply) {
    if (request.path == "/error") throw Error("a \"bad\" thing", "\xff", "hint");
    if (request.path == "/number") throw 7;
    if (request.path == "/late")
      reply.Stream({200, "text/plain", "", {}}, [](const Reply::Write& write) {
        write("part");
        throw std::runtime_error("too late");
      });
    if (request.path == "/early")
      reply.Stream({200, "text/plain", "", {}}, [](const Reply::Write&) { throw UsageError("nothing to stream"); });
    if (request.path == "/a") Echo(request, reply);
  };
  const RunningServer server(Quick(), {fails});
  const auto get = [&](const std::string& path) {
    return Ask(server.port(), "GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
  };
  EXPECT_EQ(get("/error").status, 500);
  EXPECT_TRUE(Json::accept(get("/error").body));
  EXPECT_EQ(get("/error").Header("X-Everywhere"), "yes");
  EXPECT_EQ(get("/nothing").status, 500);
  EXPECT_EQ(get("/number").status, 0);  // closed
  RawClient client(server.port());
  client.Send("GET /late HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(client.Receive().body, "part");
  EXPECT_TRUE(client.IsClosed());
  // What was not begun can still be another answer, and the connection goes on.
  RawClient other(server.port());
  other.Send("GET /early HTTP/1.1\r\nHost: x\r\n\r\n" + kGet);
  const RawAnswer early = other.Receive();
  EXPECT_EQ(early.status, 400);
  EXPECT_EQ(Json::parse(early.body)["error"]["what"], "nothing to stream");
  EXPECT_EQ(other.Receive().body, "GET /a ");
  ExpectAlive(server);
}

TEST(HttpServer, WhoIsRefusedIsNotReadAnyFurther) {
  const auto refuses = [](const HttpRequest& request, Reply& reply) {
    if (request.Header("x-secret") != nullptr) return false;
    reply.Send({401, "text/plain", "who are you?", {}});
    return true;
  };
  const RunningServer server(Quick(), {Echo, refuses});
  RawClient client(server.port());
  client.Send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.Receive().status, 401);  // no 100, and before any of the body
  EXPECT_TRUE(client.IsClosed());
  // Nor is what was meant for a body taken for another request.
  RawClient smuggler(server.port());
  smuggler.Send(
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nGET /a HTTP/1.1\r\nX-Secret: 1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(smuggler.Receive().status, 401);
  EXPECT_TRUE(smuggler.IsClosed());
  RawClient known(server.port());
  known.Send("POST /b HTTP/1.1\r\nHost: x\r\nX-Secret: 1\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(known.Receive().status, 100);
  known.Send("hi");
  EXPECT_EQ(known.Receive().body, "POST /b hi");
}

TEST(HttpServer, BodiesByLengthAndInChunks) {
  const RunningServer server(Quick(), {Echo});
  const std::string head = "POST /b HTTP/1.1\r\nHost: x\r\n";
  EXPECT_EQ(Ask(server.port(), head + "Content-Length: 5\r\n\r\nhello").body, "POST /b hello");
  EXPECT_EQ(Ask(server.port(), head + "\r\n").body, "POST /b ");
  const std::string chunked = head + "Transfer-Encoding: Chunked\r\n\r\n";
  EXPECT_EQ(Ask(server.port(), chunked + "4;name=value\r\nhell\r\n1\r\no\r\n0\r\n\r\n").body, "POST /b hello");
  EXPECT_EQ(Ask(server.port(), chunked + "x\r\n").status, 400);
  // After chunks, and after a body that nobody has read, no other request is looked for.
  for (const std::string& first : {chunked + "5\r\nhello!\r\n", chunked + "0\r\n\r\n",
                                   std::string("GET /a HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n")}) {
    RawClient client(server.port());
    client.Send(first + kGet);
    EXPECT_NE(client.Receive().status, 0);
    EXPECT_TRUE(client.IsClosed()) << first;
  }
  // A body that is packed is not unpacked: a megabyte could become a gigabyte.
  const std::string zeros("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x03\x00\x00\x00\x00\x00\x00\x00\x00\x00", 20);
  EXPECT_EQ(Ask(server.port(), head + "Content-Encoding: gzip\r\nContent-Length: 20\r\n\r\n" + zeros).body,
            "POST /b " + zeros);
}

// The library would match these by regular expressions that call themselves, once for each letter.
TEST(HttpServer, LongAddressesAndRangesNeedNoDeepStack) {
  const RunningServer server(Quick(), {Echo});
  const std::string path = fmt::format("/{:a>8000}", "");
  EXPECT_EQ(Ask(server.port(), fmt::format("GET {} HTTP/1.1\r\nHost: x\r\n\r\n", path)).body,
            fmt::format("GET {} ", path));
  std::string ranges = "Range: bytes=0-1";
  while (ranges.size() < 8000) ranges += ",0-1";
  const RawAnswer answer = Ask(server.port(), "GET /a HTTP/1.1\r\nHost: x\r\n" + ranges + "\r\n\r\n");
  EXPECT_EQ(answer.status, 200);  // ranges are not served
  EXPECT_EQ(answer.body, "GET /a ");
}

TEST(HttpServer, AnswersAreNotPackedBehindTheHandlersBack) {
  const RunningServer server(Quick(), {[](const HttpRequest&, Reply& reply) {
                               reply.Send({200, "text/css", std::string(5000, 'x'), {{"Content-Encoding", "gzip"}}});
                             }});
  const RawAnswer answer = Ask(server.port(), "GET /a HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip, br\r\n\r\n");
  EXPECT_EQ(answer.body, std::string(5000, 'x'));
  EXPECT_EQ(answer.Header("Content-Encoding"), "gzip");
}

TEST(HttpServer, NotModifiedSaysNothingOfABody) {
  const RunningServer server(Quick(), {[](const HttpRequest&, Reply& reply) {
                               reply.Send({304, "", "", {{"ETag", "\"1\""}, {"X-Everywhere", "else"}}});
                             }});
  RawClient client(server.port());
  client.Send(kGet + kGet);
  for (int i = 0; i < 2; ++i) {
    const RawAnswer answer = client.Receive();
    EXPECT_EQ(answer.status, 304);
    EXPECT_EQ(answer.Header("Content-Length"), "");
    EXPECT_EQ(answer.Header("X-Everywhere"), "else");
  }
}

TEST(HttpServer, WhatIsNoHttpIsRefusedAndTheConnectionClosed) {
  const RunningServer server(Quick(), {Echo});
  std::string lines;
  for (int i = 0; i < 1000; ++i) lines += "A: b\r\n";
  for (const auto& [bytes, status] : std::vector<std::pair<std::string, int>>{
           {"\x16\x03\x01\x02", 400},
           {"GET / HTTP/1.1\r\nHost: x\r\n" + lines + "\r\n", 431},
           {"GET / HTTP/9.9\r\nHost: x\r\n\r\n", 505},
           {"GET / HTTP/1.1\r\n\r\n", 400},
           {"GET /" + std::string(9000, 'a'), 431},
           {"GET / HTTP/1.1\r\nHost: x\r\nA: " + std::string(9000, 'a'), 431},
           {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1073741824\r\n\r\n", 413},
           {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", 400}}) {
    RawClient client(server.port());
    client.Send(bytes);
    const RawAnswer answer = client.Receive();
    EXPECT_EQ(answer.status, status) << bytes.substr(0, 80);
    EXPECT_EQ(answer.Header("X-Everywhere"), "yes");
    EXPECT_FALSE(Json::parse(answer.body)["error"]["why"].get<std::string>().empty());
    EXPECT_TRUE(client.IsClosed());
  }
  ExpectAlive(server);
}

// Sends `piece` again and again; returns how many bytes the server took before it closed.
size_t Flood(RawClient* client, const std::string& piece, size_t most) {
  size_t sent = 0;
  while (sent < most && client->Send(piece)) sent += piece.size();
  return sent;
}

TEST(HttpServer, ABodyOfAGigabyteIsNeitherReadNorKept) {
  const RunningServer server(Quick(), {Echo});
  const std::string megabyte(1 << 20, 'x');
  constexpr size_t kGigabyte = 1 << 30, kBuffers = 64 << 20;  // what the system itself holds on its way
  {
    RawClient client(server.port());
    client.Send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1073741824\r\n\r\n");
    EXPECT_LT(Flood(&client, megabyte, kGigabyte), kBuffers);
  }
  {
    RawClient client(server.port());
    client.Send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
    EXPECT_LT(Flood(&client, "1000\r\n" + std::string(4096, 'x') + "\r\n", kGigabyte), kBuffers);
  }
  {
    RawClient client(server.port());  // small chunks that never end
    client.Send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
    EXPECT_LT(Flood(&client, "1;" + std::string(100, 'y') + "\r\nx\r\n", kGigabyte), size_t(512) << 20);
  }
  ExpectAlive(server);
}

TEST(HttpServer, SlowAndHalfOpenConnectionsEnd) {
  const RunningServer server(Quick(), {Echo});
  RawClient silent(server.port()), half(server.port()), body(server.port()), slow(server.port());
  half.Send("GET / HTTP/1.1\r\nHos");
  body.Send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
  slow.Send("GET / HTTP/1.1\r\nX: ");
  bool was_closed = false;
  for (const Stopwatch watch; watch.seconds() < 15 && !was_closed; std::this_thread::sleep_for(milliseconds(20)))
    was_closed = !slow.Send("a");  // a byte now and then
  EXPECT_TRUE(was_closed);
  EXPECT_EQ(half.Receive().status, 408);
  EXPECT_EQ(body.Receive().status, 408);
  EXPECT_TRUE(silent.IsClosed());
  RawClient idle(server.port());
  idle.Send(kGet);
  EXPECT_EQ(idle.Receive().status, 200);
  EXPECT_TRUE(idle.IsClosed());
}

// What the process has in memory now, in bytes.
size_t Resident() {
  std::ifstream status("/proc/self/statm");
  size_t total = 0, resident = 0;
  status >> total >> resident;
  return resident * size_t(sysconf(_SC_PAGESIZE));
}

TEST(HttpServer, HeadsThatNeverEndCostNoMemory) {
  const RunningServer server(HttpServerOptions(), {Echo});
  const std::string letters(1 << 20, 'x');
  std::string lines;
  for (int i = 0; i < 10'000; ++i) lines += "A: b\r\n";
  ExpectAlive(server);
  const size_t before = Resident();
  for (int i = 0; i < 50; ++i) {
    RawClient line(server.port()), head(server.port());
    line.Send("GET / HTTP/1.1\r\nX: ");
    EXPECT_LT(Flood(&line, letters, size_t(1) << 30), size_t(64) << 20);
    head.Send("GET / HTTP/1.1\r\n");
    EXPECT_LT(Flood(&head, lines, size_t(1) << 30), size_t(64) << 20);
  }
  EXPECT_LT(Resident(), before + (size_t(32) << 20));
  ExpectAlive(server);
}

TEST(HttpServer, HalfOpenConnectionsEndAndGiveTheirPlace) {
  HttpServerOptions options = Quick();
  options.max_connections = 8;
  const RunningServer server(options, {Echo});
  std::vector<std::unique_ptr<RawClient>> half_open;
  for (int i = 0; i < 30; ++i) {
    half_open.push_back(std::make_unique<RawClient>(server.port()));
    half_open.back()->Send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
  }
  ExpectAlive(server);
}

TEST(HttpServer, SilentConnectionsKeepNobodyOut) {
  HttpServerOptions options = Quick();
  options.times.request = options.times.idle = std::chrono::minutes(10);
  options.max_connections = 8;
  const RunningServer server(options, {Echo});
  std::vector<std::unique_ptr<RawClient>> silent;
  for (int i = 0; i < 40; ++i) {
    silent.push_back(std::make_unique<RawClient>(server.port()));
    if (i % 2 == 0) silent.back()->Send("GET / HT");
  }
  for (int i = 0; i < 20; ++i) ExpectAlive(server);
}

TEST(HttpServer, FiveHundredAtOnceAreAllAnswered) {
  const RunningServer server(HttpServerOptions(), {Echo});
  std::atomic<int> answered = 0;
  std::vector<std::thread> clients;
  for (int i = 0; i < 500; ++i)
    clients.emplace_back([&, i] {
      const RawAnswer answer = Ask(server.port(), Post(std::to_string(i)));
      if (answer.body == "POST /a " + std::to_string(i)) ++answered;
    });
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(answered, 500);
}

TEST(HttpServer, WhoLeavesIsNotWorkedFor) {
  std::atomic<bool> was_told = false, is_at_it = false;
  const auto works = [&](const HttpRequest&, Reply& reply) {
    is_at_it = true;
    for (const Stopwatch watch; watch.seconds() < 10 && !was_told; std::this_thread::sleep_for(milliseconds(2)))
      was_told = reply.gone().stop_requested();
    reply.Stream({200, "text/plain", "", {}},
                 [](const Reply::Write& write) { EXPECT_FALSE(write("nobody hears this")); });
  };
  const RunningServer server(Quick(), {works});
  {
    RawClient client(server.port());
    client.Send(kGet);
    while (!is_at_it) std::this_thread::sleep_for(milliseconds(1));
  }
  const Stopwatch watch;
  while (!was_told && watch.seconds() < 10) std::this_thread::sleep_for(milliseconds(1));
  EXPECT_TRUE(was_told);
}

TEST(HttpServer, WhoDoesNotReadIsLeft) {
  std::atomic<bool> was_left = false;
  const auto writes = [&](const HttpRequest&, Reply& reply) {
    reply.Stream({200, "text/plain", "", {}}, [&](const Reply::Write& write) {
      const std::string block(1 << 20, 'x');
      for (int i = 0; i < 1000 && !was_left; ++i) was_left = !write(block);
    });
  };
  const RunningServer server(Quick(), {writes});
  RawClient client(server.port());
  client.Send(kGet);
  const Stopwatch watch;
  while (!was_left && watch.seconds() < 10) std::this_thread::sleep_for(milliseconds(5));
  EXPECT_TRUE(was_left);
}

TEST(HttpServer, EndsWhileClientsWaitAndStreamsRun) {
  const auto streams = [](const HttpRequest&, Reply& reply) {
    reply.Stream({200, "text/plain", "", {}}, [](const Reply::Write& write) {
      while (write("on and on\n")) std::this_thread::sleep_for(milliseconds(1));
    });
  };
  RunningServer server(HttpServerOptions(), {streams});
  RawClient silent(server.port()), half(server.port()), stream(server.port());
  half.Send("GET / HT");
  stream.Send(kGet);
  EXPECT_EQ(stream.Head().status, 200);
  const Stopwatch watch;
  server.Stop();
  EXPECT_LT(watch.seconds(), 5);
}

TEST(HttpServer, TakesTheNextPortWhenOneIsTaken) {
  const HttpServer first({"127.0.0.1", 0});
  const HttpServer second({"127.0.0.1", first.port(), 20});
  EXPECT_GT(second.port(), first.port());
  EXPECT_LT(second.port(), first.port() + 20);
  EXPECT_THAT(ErrorTextOf<Error>([&] {
                HttpServer({"127.0.0.1", first.port(), 1});
              }),
              HasSubstr("the ports " + std::to_string(first.port())));
  EXPECT_THAT(ErrorTextOf<Error>([] { HttpServer({"192.0.2.1", 0}); }), HasSubstr("192.0.2.1"));
  EXPECT_THAT(ErrorTextOf<Error>([] { HttpServer({"no host", 0}); }), HasSubstr("--host no host"));
}

TEST(HttpServer, LeavesSignalsAsTheyAre) {
  const auto pipes = [] {
    struct sigaction now {};
    sigaction(SIGPIPE, nullptr, &now);
    return now.sa_handler;
  };
  const auto before = pipes();
  const HttpServer server({"127.0.0.1", 0});
  EXPECT_EQ(pipes(), before);
}

}  // namespace
}  // namespace sanerf::viewer
