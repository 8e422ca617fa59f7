#include "sanerf/viewer/http/access.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "sanerf/core/byte_text.h"

namespace sanerf::viewer {
namespace {

using std::chrono::seconds;

const std::string kToken = "0123456789abcdef0123456789abcdef";

AccessRules Rules(const std::string& host = "127.0.0.1") { return {kToken, host, 7007, {"gpu.example.org"}, {}}; }

HttpRequest With(HeaderList headers) {
  HttpRequest request;
  request.method = "GET";
  request.headers = std::move(headers);
  return request;
}

int OriginStatus(HeaderList headers, const AccessRules& rules = Rules()) {
  const auto denial = CheckOrigin(rules, With(std::move(headers)));
  return denial ? denial->status : 0;
}

TEST(Token, IsLongAndNewEveryTime) {
  std::set<std::string> tokens;
  for (int i = 0; i < 100; ++i) tokens.insert(NewToken());
  EXPECT_EQ(tokens.size(), 100u);
  EXPECT_THAT(NewToken(), ::testing::MatchesRegex("[0-9a-f]+"));
  EXPECT_EQ(NewToken().size(), 32u);
}

TEST(Token, OnlyTheWholeOneIsTheSame) {
  EXPECT_TRUE(IsSameToken(kToken, kToken));
  for (const std::string& other :
       {std::string(), kToken.substr(1), kToken + "0", std::string(32, '0'), kToken.substr(0, 31) + "e"})
    EXPECT_FALSE(IsSameToken(other, kToken)) << other;
  EXPECT_FALSE(IsSameToken("", ""));
}

TEST(Access, CookieOrBearer) {
  const auto status = [](HeaderList headers) {
    AccessRules rules = Rules();
    rules.earlier = {Sha256("an earlier one")};
    const auto denial = CheckToken(rules, With(std::move(headers)));
    return denial ? denial->status : 0;
  };
  EXPECT_EQ(status({{"cookie", "sanerf_7007=" + kToken}}), 0);
  EXPECT_EQ(status({{"cookie", "a=b; sanerf_7007=wrong;  sanerf_7007=" + kToken + "; c"}}), 0);
  EXPECT_EQ(status({{"cookie", "sanerf_7007=an earlier one"}}), 0);
  EXPECT_EQ(status({{"authorization", "Bearer " + kToken}}), 0);
  EXPECT_EQ(status({}), 401);
  EXPECT_EQ(status({{"cookie", "sanerf_7008=" + kToken}}), 401);
  EXPECT_EQ(status({{"cookie", "sanerf_7007" + kToken}}), 401);
  EXPECT_EQ(status({{"cookie", "sanerf_7007=" + Sha256("an earlier one")}}), 401);
  EXPECT_EQ(status({{"authorization", "Bearer an earlier one"}}), 401);
  EXPECT_EQ(status({{"authorization", "Basic " + kToken}}), 401);
}

TEST(Access, TheHostMustBeOurs) {
  for (const char* host : {"127.0.0.1:7007", "localhost:7007", "LOCALHOST:8000", "localhost", "[::1]:7007", "127.0.0.1",
                           "gpu.example.org", "GPU.example.org:443", "localhost.:7007"})
    EXPECT_EQ(OriginStatus({{"host", host}}), 0) << host;
  for (const char* host :
       {"", ":7007", "evil.example", "evil.example:7007", "localhost.evil.example", "127.0.0.1.nip.io", "10.0.0.1:7007",
        "localhost:7007:7007", "[::1", "localhost:port", "localhost@evil", "gpu.example.org.evil"})
    EXPECT_EQ(OriginStatus({{"host", host}}), 403) << host;
  EXPECT_EQ(OriginStatus({}), 403);
  // Open to the network: a number is nobody's name.
  EXPECT_EQ(OriginStatus({{"host", "10.0.0.1:7007"}}, Rules("0.0.0.0")), 0);
  EXPECT_EQ(OriginStatus({{"host", "evil.example:7007"}}, Rules("0.0.0.0")), 403);
  EXPECT_EQ(OriginStatus({{"host", "10.0.0.1:7007"}}, Rules("10.0.0.1")), 0);
}

TEST(Access, PagesOfOtherServersAreRefused) {
  const auto from = [](const std::string& origin, const std::string& host) {
    return OriginStatus({{"host", host}, {"origin", origin}});
  };
  EXPECT_EQ(from("http://localhost:7007", "localhost:7007"), 0);
  EXPECT_EQ(from("http://LOCALHOST:7007", "localhost:7007"), 0);
  EXPECT_EQ(from("http://[::1]:7007", "[::1]:7007"), 0);
  EXPECT_EQ(from("https://gpu.example.org", "gpu.example.org"), 0);
  EXPECT_EQ(from("https://gpu.example.org", "127.0.0.1:7007"), 0);  // the proxy names the host itself
  EXPECT_EQ(from("http://localhost:3000", "localhost:7007"), 403);
  EXPECT_EQ(from("http://127.0.0.1:7007", "localhost:7007"), 403);
  for (const char* origin : {"null", "", "http://evil.example", "http://localhost:7007.evil.example", "file://",
                             "http://evil.example:7007", "localhost:7007"})
    EXPECT_EQ(from(origin, "localhost:7007"), 403) << origin;
}

TEST(Access, WhatTheBrowserSaysOfTheSiteCounts) {
  const auto from = [](const std::string& site, const std::string& mode) {
    return OriginStatus({{"host", "localhost:7007"}, {"sec-fetch-site", site}, {"sec-fetch-mode", mode}});
  };
  EXPECT_EQ(from("same-origin", "cors"), 0);
  EXPECT_EQ(from("none", "navigate"), 0);
  EXPECT_EQ(from("same-site", "navigate"), 0);
  EXPECT_EQ(from("same-site", "no-cors"), 403);
  EXPECT_EQ(from("cross-site", "navigate"), 403);
  EXPECT_EQ(from("cross-site", "no-cors"), 403);
  EXPECT_EQ(from("anything", "cors"), 403);
}

TEST(RateLimiter, LetsManyThroughAndThenSoManyAMinute) {
  RateLimiter limiter(240);
  std::chrono::steady_clock::time_point now{};
  int taken = 0;
  for (int i = 0; i < 10'000; ++i) taken += limiter.Take(now) ? 1 : 0;
  EXPECT_EQ(taken, 240);
  EXPECT_TRUE(limiter.Take(now + seconds(1)));  // four come free in a second
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(limiter.Take(now + seconds(1)));
  EXPECT_FALSE(limiter.Take(now + seconds(1)));
  for (int i = 0; i < 240; ++i) EXPECT_TRUE(limiter.Take(now + seconds(1000)));
  EXPECT_FALSE(limiter.Take(now + seconds(1000)));
}

}  // namespace
}  // namespace sanerf::viewer
