#include "sanerf/viewer/http/request_head.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sanerf::viewer {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

// A head without its end, which the reader of the connection has taken away.
RequestHead Read(std::string_view lines, int expected_status = 0, const HttpLimits& limits = {}) {
  RequestHead head;
  const std::optional<Refusal> refusal = ParseHead(lines, limits, &head);
  EXPECT_EQ(refusal ? refusal->status : 0, expected_status) << lines.substr(0, 200);
  return head;
}

TEST(RequestHead, HasLineHeadersAndQuery) {
  const HttpRequest request =
      Read(
          "GET /api/a%20b%C3%BC?x=1%2B2&y=a+b&z&=&x=2 HTTP/1.1\r\nHost: h:1\r\nCookie: a=1\r\nX-Y:\t v \r\ncookie: "
          "b=2")
          .request;
  EXPECT_EQ(request.method, "GET");
  EXPECT_EQ(request.path, "/api/a b\xC3\xBC");
  EXPECT_THAT(request.query,
              ElementsAre(Pair("x", "1+2"), Pair("y", "a b"), Pair("z", ""), Pair("", ""), Pair("x", "2")));
  EXPECT_THAT(request.headers, ElementsAre(Pair("host", "h:1"), Pair("cookie", "a=1; b=2"), Pair("x-y", "v")));
  EXPECT_TRUE(request.keep_alive);
  EXPECT_EQ(request.Header("none"), nullptr);
}

TEST(RequestHead, OldClientsAndClosedConnections) {
  EXPECT_FALSE(Read("GET / HTTP/1.0").request.keep_alive);
  EXPECT_FALSE(Read("GET / HTTP/1.1\r\nHost: x\r\nConnection: foo, Close").request.keep_alive);
}

TEST(RequestHead, SaysHowLongTheBodyIs) {
  const auto post = [](const std::string& headers) { return Read("POST / HTTP/1.1\r\nHost: x" + headers); };
  EXPECT_FALSE(post("").has_body());
  EXPECT_FALSE(post("\r\nContent-Length: 0").has_body());
  EXPECT_EQ(post("\r\nContent-Length: 5").content_length, 5u);
  EXPECT_TRUE(post("\r\nTransfer-Encoding: Chunked").is_chunked);
  EXPECT_TRUE(post("\r\nContent-Length: 1\r\nExpect: 100-Continue").expects_continue);
  Read("POST / HTTP/1.1\r\nHost: x\r\nExpect: miracles", 417);
}

TEST(RequestHead, RefusesWhatIsNotHttp) {
  for (const std::string& head :
       {std::string("\x16\x03\x01 hello"), std::string("GET /"), std::string("GET HTTP/1.1"),
        std::string("GET a HTTP/1.1"), std::string("GET http://x/ HTTP/1.1\r\nHost: x"),
        std::string("GET / / HTTP/1.1\r\nHost: x"), std::string("GET  / HTTP/1.1\r\nHost: x"),
        std::string("GET /#a HTTP/1.1\r\nHost: x"), std::string("GET /%zz HTTP/1.1\r\nHost: x"),
        std::string("GET /%2 HTTP/1.1\r\nHost: x"), std::string("GET /%00 HTTP/1.1\r\nHost: x"),
        std::string("GET /%ff HTTP/1.1\r\nHost: x"), std::string("GET /?a=%c0%80 HTTP/1.1\r\nHost: x"),
        std::string("GET / HTTP/1.1"), std::string("GET / HTTP/1.1\r\nHost: x\r\nHost: y"),
        std::string("GET / HTTP/1.1\r\nHost : x"), std::string("GET / HTTP/1.1\r\nHost: x\r\n folded"),
        std::string("GET / HTTP/1.1\r\nHost: x\nA: b"), std::string("GET / HTTP/1.1\r\nHost: x\r\nA: b\0c", 31)})
    Read(head, 400);
  Read("GET / HTTP/2.0\r\nHost: x", 505);
}

TEST(RequestHead, RefusesBodiesOfUnclearLength) {
  const auto post = [](const std::string& headers) { return "POST / HTTP/1.1\r\nHost: x\r\n" + headers; };
  for (const char* length : {"-1", "+1", "0x10", "1,1", "", "abc", "1.0"})
    Read(post(std::string("Content-Length: ") + length), 400);
  Read(post("Content-Length: 1\r\nContent-Length: 1"), 400);
  Read(post("Content-Length: 1\r\nTransfer-Encoding: chunked"), 400);
  Read(post("Transfer-Encoding: gzip, chunked"), 501);
  Read("POST / HTTP/1.0\r\nTransfer-Encoding: chunked", 400);
}

TEST(RequestHead, LimitsHoldBeforeAnythingIsRead) {
  const HttpLimits limits{256, 4, 100};
  const auto post = [](const std::string& headers) { return "POST / HTTP/1.1\r\nHost: x\r\n" + headers; };
  Read(post("A: 1\r\nB: 1\r\nC: 1"), 0, limits);
  Read(post("A: 1\r\nB: 1\r\nC: 1\r\nD: 1"), 431, limits);
  Read(post("Content-Length: 100"), 0, limits);
  Read(post("Content-Length: 101"), 413, limits);
  Read(post("Content-Length: 99999999999999999999999999"), 413, limits);
}

}  // namespace
}  // namespace sanerf::viewer
