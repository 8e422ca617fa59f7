#include "sanerf/viewer/http/entrance.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>

#include "sanerf/viewer/http/http_test_support.h"

namespace sanerf::viewer {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

const std::string kKey = "0123456789abcdef0123456789abcdef";

// Behind it everybody is answered.
class EntranceTest : public ::testing::Test {
 protected:
  EntranceTest() {
    entrance_.OnVisit([this] { ++num_visits_; });
    server_ = std::make_unique<RunningServer>(
        HttpServerOptions(),
        HttpHandler{[this](const HttpRequest& request, Reply& reply) {
                      if (!entrance_.LetsIn(request, reply)) reply.Send({200, "text/plain", "inside", {}});
                    },
                    [this](const HttpRequest& request, Reply& reply) { return entrance_.Refuses(request, reply); }});
    rules_.port = server_->port();
    host_ = "127.0.0.1:" + std::to_string(rules_.port);
  }

  std::string Cookie() const { return "Cookie: sanerf_" + std::to_string(rules_.port) + "=" + kKey + "\r\n"; }
  RawAnswer Say(const std::string& method, const std::string& address, const std::string& headers) const {
    return Ask(server_->port(), method + " " + address + " HTTP/1.1\r\nHost: " + host_ + "\r\n" + headers + "\r\n");
  }
  RawAnswer Get(const std::string& address, const std::string& headers = "") const {
    return Say("GET", address, headers);
  }

  AccessRules rules_{kKey, "127.0.0.1", 0, {}, {}};
  Entrance entrance_{rules_};
  std::atomic<int> num_visits_ = 0;
  std::unique_ptr<RunningServer> server_;
  std::string host_;
};

TEST_F(EntranceTest, TheFirstVisitBringsTheTokenAndLeavesItInACookie) {
  EXPECT_EQ(Get("/api/state").status, 401);
  EXPECT_EQ(num_visits_, 0);
  const RawAnswer answer = Get("/?token=" + kKey);
  EXPECT_EQ(answer.status, 303);
  EXPECT_EQ(answer.Header("Location"), "./");
  EXPECT_EQ(answer.Header("Set-Cookie"),
            "sanerf_" + std::to_string(rules_.port) + "=" + kKey + "; Path=/; HttpOnly; SameSite=Strict");
  EXPECT_EQ(num_visits_, 1);
  EXPECT_EQ(Get("/api/state", Cookie()).body, "inside");
  EXPECT_EQ(Get("/api/state", "Authorization: Bearer " + kKey + "\r\n").body, "inside");
}

TEST_F(EntranceTest, ATicketIsGoodForOneVisit) {
  const std::string visit = "/?token=" + entrance_.NewTicket();
  EXPECT_THAT(Get(visit).Header("Set-Cookie"), HasSubstr("=" + kKey + ";"));
  EXPECT_EQ(Get(visit).status, 401);
}

TEST_F(EntranceTest, AnOldBookmarkStillOpensWithTheCookie) {
  EXPECT_EQ(Get("/?token=old", Cookie()).status, 303);
  EXPECT_EQ(Get("/?token=old", Cookie()).Header("Set-Cookie"), "");
}

TEST_F(EntranceTest, APersonWithoutTheTokenReadsHowToGetIn) {
  const RawAnswer answer = Get("/", "Accept: text/html,*/*\r\n");
  EXPECT_EQ(answer.status, 401);
  EXPECT_THAT(answer.Header("Content-Type"), StartsWith("text/html"));
  EXPECT_THAT(answer.body, HasSubstr("sanerf view"));
}

TEST_F(EntranceTest, OtherHostsAndOtherSitesAreRefusedEvenWithTheToken) {
  for (const std::string& headers :
       {std::string("Host: evil.example\r\n"),
        std::string("Host: evil.example:" + std::to_string(rules_.port) + "\r\n"),
        "Host: " + host_ + "\r\nOrigin: http://evil.example\r\n", "Host: " + host_ + "\r\nOrigin: null\r\n",
        "Host: " + host_ + "\r\nOrigin: http://127.0.0.1:1\r\n",
        "Host: " + host_ + "\r\nSec-Fetch-Site: cross-site\r\n",
        "Host: " + host_ + "\r\nSec-Fetch-Site: same-site\r\nSec-Fetch-Mode: no-cors\r\n"}) {
    const std::string end = headers + Cookie() + "\r\n";
    EXPECT_EQ(Ask(server_->port(), "GET /api/state HTTP/1.1\r\n" + end).status, 403) << headers;
    EXPECT_EQ(Ask(server_->port(), "GET /?token=" + kKey + " HTTP/1.1\r\n" + end).status, 403) << headers;
    EXPECT_EQ(
        Ask(server_->port(), "POST /api/edit HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 0\r\n" + end)
            .status,
        403)
        << headers;
  }
  EXPECT_EQ(Ask(server_->port(), "GET /api/state HTTP/1.0\r\n" + Cookie() + "\r\n").status, 403);
  EXPECT_EQ(Get("/", Cookie() + "Origin: http://" + host_ + "\r\nSec-Fetch-Site: same-origin\r\n").body, "inside");
}

TEST_F(EntranceTest, OnlyReadingAndPostingAreKnown) {
  for (const char* method : {"PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT", "BREW"}) {
    const RawAnswer answer = Say(method, "/api/state", Cookie());
    EXPECT_EQ(answer.status, 405) << method;
    EXPECT_EQ(answer.Header("Allow"), "GET, HEAD, POST");
  }
  EXPECT_EQ(Say("HEAD", "/api/state", Cookie()).status, 200);
}

}  // namespace
}  // namespace sanerf::viewer
