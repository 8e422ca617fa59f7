// The addresses as anybody on the network sees them: what the page gets, and what nobody else does.
#include "sanerf/viewer/routes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "sanerf/core/files.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/json.h"
#include "sanerf/core/stopwatch.h"
#include "sanerf/viewer/fake_calls_test_support.h"
#include "sanerf/viewer/http/assets.h"
#include "sanerf/viewer/http/http_test_support.h"

namespace sanerf::viewer {
namespace {

using std::chrono::milliseconds;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string kSecret = "0123456789abcdef0123456789abcdef";

class RoutesTest : public ::testing::Test {
 protected:
  RoutesTest() {
    HttpServerOptions options;
    options.headers = SecurityHeaders();
    routes_ = std::make_unique<Routes>(entrance_, "5e44", calls_, events_);
    events_.SetState([this] { return calls_.State(); });
    server_ = std::make_unique<RunningServer>(options, routes_->Handler());
    rules_.port = server_->port();
    host_ = "127.0.0.1:" + std::to_string(rules_.port);
  }

  std::string Cookie() const { return "Cookie: sanerf_" + std::to_string(rules_.port) + "=" + kSecret + "\r\n"; }
  std::string Line(const std::string& method, const std::string& address, const std::string& headers = "") const {
    return method + " " + address + " HTTP/1.1\r\nHost: " + host_ + "\r\n" + headers;
  }
  RawAnswer Get(const std::string& address, const std::string& headers = "") const {
    return Ask(server_->port(), Line("GET", address, Cookie() + headers) + "\r\n");
  }
  RawAnswer Post(const std::string& address, const std::string& body,
                 const std::string& headers = "Content-Type: application/json\r\n") const {
    return Ask(server_->port(), Line("POST", address, Cookie() + headers) +
                                    "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  }
  static Json ErrorOf(const RawAnswer& answer) { return Json::parse(answer.body).at("error"); }

  AccessRules rules_{kSecret, "127.0.0.1", 0, {}, {}};
  Entrance entrance_{rules_};
  FakeCalls calls_;
  EventStream events_{"5e44"};
  std::unique_ptr<Routes> routes_;
  std::unique_ptr<RunningServer> server_;
  std::string host_;
};

TEST_F(RoutesTest, WithoutTheTokenThereIsNothing) {
  for (const char* address : {"/", "/api/state", "/api/events", "/api/photo?view=0&size=9", "/index.html", "/none",
                              "/?token=", "/?token=0123456789abcdef0123456789abcdee", "/?token=x&token=y"})
    for (const std::string& headers : {std::string(), std::string("Cookie: sanerf_1=" + kSecret + "\r\n"),
                                       std::string("Authorization: Bearer x\r\n")}) {
      const RawAnswer answer = Ask(server_->port(), Line("GET", address, headers) + "\r\n");
      EXPECT_EQ(answer.status, 401) << address << headers;
      EXPECT_THAT(answer.head + answer.body, Not(HasSubstr(kSecret)));
      EXPECT_EQ(answer.Header("Set-Cookie"), "");
    }
  const RawAnswer post = Ask(server_->port(), Line("POST", "/api/edit", "Content-Type: application/json\r\n") +
                                                  "Content-Length: 13\r\n\r\n{\"op\": \"redo\"}");
  EXPECT_EQ(post.status, 401);
  EXPECT_EQ(calls_.edits, 0);
}

TEST_F(RoutesTest, NoPathLeavesThePage) {
  for (const char* path :
       {"/../etc/passwd", "/..%2f..%2fetc%2fpasswd", "/assets/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd",
        "//etc/passwd", "/etc/passwd", "/./", "/assets/", "/api/", "/api", "/api/../index.html", "/C:%5Cwindows",
        "/api/result?id=../../etc/passwd", "/api/result?id=2%00", "/\\..\\"}) {
    const RawAnswer answer = Get(path);
    EXPECT_THAT(answer.status, AnyOf(400, 404)) << path;
    EXPECT_THAT(answer.body, Not(HasSubstr("root:")));
  }
}

TEST_F(RoutesTest, EveryAnswerSaysWhatABrowserMayDo) {
  for (const RawAnswer& answer :
       {Get("/api/state"), Get("/api/photo?view=0&size=9"), Get("/none"), Post("/api/edit", "{"),
        Ask(server_->port(), "nonsense\r\n\r\n"), Ask(server_->port(), Line("GET", "/") + "\r\n")}) {
    EXPECT_THAT(answer.Header("Content-Security-Policy"), HasSubstr("default-src 'none'"));
    EXPECT_THAT(answer.Header("Content-Security-Policy"), HasSubstr("frame-ancestors 'none'"));
    EXPECT_EQ(answer.Header("X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(answer.Header("Referrer-Policy"), "no-referrer");
    EXPECT_EQ(answer.Header("Cross-Origin-Resource-Policy"), "same-origin");
    EXPECT_EQ(answer.Header("Access-Control-Allow-Origin"), "");
    EXPECT_THAT(answer.Header("Cache-Control"), Not(HasSubstr("public")));
  }
}

TEST_F(RoutesTest, EachAddressIsReadOrPosted) {
  EXPECT_EQ(Post("/api/state", "{}").status, 404);
  EXPECT_EQ(Get("/api/edit").status, 404);
  EXPECT_EQ(Ask(server_->port(), Line("HEAD", "/api/state", Cookie()) + "\r\n").status, 200);
  EXPECT_EQ(Ask(server_->port(), Line("HEAD", "/api/events", Cookie()) + "\r\n").status, 200);
}

TEST_F(RoutesTest, PicturesAreKeptUntilTheAnswerChanges) {
  const RawAnswer photo = Get("/api/photo?view=3&size=400");
  EXPECT_EQ(photo.body, "photo 3 400");
  EXPECT_EQ(photo.Header("Content-Type"), "image/jpeg");
  const RawAnswer mask = Get("/api/mask?object=1&view=2&size=64&answer=9");
  EXPECT_EQ(mask.body, "mask 1 2");
  EXPECT_EQ(mask.Header("ETag"), "\"5e44-9\"");
  EXPECT_EQ(mask.Header("Cache-Control"), "private, no-cache");
  const int before = calls_.photos;
  EXPECT_EQ(Get("/api/mask?object=1&view=2&size=64&answer=9", "If-None-Match: \"5e44-9\"\r\n").status, 304);
  EXPECT_EQ(calls_.photos, before);
  EXPECT_EQ(Get("/api/mask?object=1&view=2&size=64&answer=9", "If-None-Match: \"0123-9\"\r\n").status, 200);
  EXPECT_EQ(Get("/api/mask?object=1&view=2&size=64").Header("Cache-Control"), "no-store");
  // Other prompts, another true object.
  EXPECT_EQ(Get("/api/truth?object=1&view=2&size=64").Header("Cache-Control"), "no-store");
  EXPECT_EQ(Get("/api/truth?object=1&view=2&size=64&answer=9").Header("ETag"), "\"5e44-9\"");
  EXPECT_EQ(Get("/api/cloud").Header("Content-Encoding"), "gzip");
  const RawAnswer labels = Get("/api/cloud/labels?cloud=7&answer=3");
  EXPECT_EQ(labels.body, "labels 7");
  EXPECT_EQ(labels.Header("ETag"), "\"5e44-3-7\"");
  EXPECT_EQ(Get("/api/cloud/labels?cloud=9&answer=3").status, 409);
  EXPECT_EQ(Get("/api/cloud/labels?answer=3").status, 400);
}

TEST_F(RoutesTest, WhatNobodyWaitsForEnds) {
  const auto wait_for = [](const std::atomic<int>& count, int wanted) {
    for (const Stopwatch watch; watch.seconds() < 5 && count < wanted;) std::this_thread::sleep_for(milliseconds(2));
    EXPECT_EQ(count, wanted);
  };
  calls_.takes_time = true;
  int num_asked = 0;
  for (const char* what : {"cloud/labels?cloud=8&answer=3", "cloud", "photo?view=1&size=9",
                           "hover?view=8&xy=1,2&size=9", "hover?view=8&xy=1,2&size=9&client=a&seq=1"}) {
    {
      RawClient client(server_->port());
      client.Send(Line("GET", std::string("/api/") + what, Cookie()) + "\r\n");
      wait_for(calls_.num_waiting, ++num_asked);
    }
    wait_for(calls_.num_stopped, num_asked);
  }
}

TEST_F(RoutesTest, TheEndOfTheServerWaitsForNoPhotosAndPoints) {
  calls_.takes_time = true;
  RawClient first(server_->port()), second(server_->port());
  first.Send(Line("GET", "/api/cloud", Cookie()) + "\r\n");
  second.Send(Line("GET", "/api/photo?view=1&size=9", Cookie()) + "\r\n");
  for (const Stopwatch watch; watch.seconds() < 5 && calls_.num_waiting < 2;)
    std::this_thread::sleep_for(milliseconds(2));
  const Stopwatch watch;
  server_->Stop();
  EXPECT_LT(watch.seconds(), 5);
  EXPECT_EQ(calls_.num_stopped, 2);
}

TEST_F(RoutesTest, QueriesAreReadStrictly) {
  for (const char* address : {"photo",
                              "photo?view=1",
                              "photo?view=1&size=0",
                              "photo?view=1&size=4097",
                              "photo?view=-1&size=9",
                              "photo?view=1e3&size=9",
                              "photo?view=1.5&size=9",
                              "photo?view=+1&size=9",
                              "photo?view=%31%32%33%34%35%36%37%38&size=9",
                              "photo?view=0x1&size=9",
                              "photo?view=1&size=9&size=9",
                              "photo?view=1&size=9&other=1",
                              "photo?view=99999999999999999999&size=9",
                              "strip?object=",
                              "state?x=1",
                              "hover?view=1&xy=1&size=9",
                              "hover?view=1&xy=1,nan&size=9",
                              "hover?view=1&xy=1,2,3&size=9",
                              "hover?view=1&xy=1,inf&size=9",
                              "hover?view=1&xy=1,2&size=9&label=2",
                              "hover?view=1&xy=1,2&size=9&client=",
                              "hover?view=1&xy=1,2&size=9&client=a",
                              "frame?layer=rgb",
                              "frame?layer=rgb&view=1&size=9&camera={}",
                              "frame?layer=rgb&camera={",
                              "frame?layer=rgb&camera=[]",
                              "frame?layer=rgb&camera={}",
                              "frame?layer=rgb&camera={%22w%22:5000,%22h%22:9}",
                              "frame?layer=rgb&camera={%22w%22:-1,%22h%22:9}",
                              "frame?layer=rgb&camera={%22w%22:18446744073709551615,%22h%22:9}",
                              "frame?layer=none&view=1&size=9"}) {
    const RawAnswer answer = Get(std::string("/api/") + address);
    EXPECT_EQ(answer.status, 400) << address;
    EXPECT_FALSE(ErrorOf(answer)["what"].get<std::string>().empty()) << address;
  }
  EXPECT_THAT(ErrorOf(Get("/api/photo?view=1&sise=9"))["hint"].get<std::string>(), HasSubstr("size"));
  const Json hover = Json::parse(Get("/api/hover?view=1&xy=1.5,-2&size=400").body);
  EXPECT_EQ(hover, Json::parse(R"({"view": 1, "xy": [1.5, -2.0], "object": 0, "label": 1, "size": 400})"));
}

TEST_F(RoutesTest, ErrorsKeepTheirPartsAndGetTheirStatus) {
  const RawAnswer missing = Get("/api/strip?object=7");
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(ErrorOf(missing), Json::parse(R"({"what": "there is no object 7", "why": "", "hint": ""})"));
  EXPECT_EQ(Post("/api/edit", R"({"op": "undo"})").status, 409);
  EXPECT_EQ(ErrorOf(Post("/api/edit", R"({"op": "undo"})"))["hint"], "make a click first");
  EXPECT_EQ(Post("/api/edit", "{}").status, 400);
  const RawAnswer find = Post("/api/find", "{}");
  EXPECT_EQ(find.status, 500);
  EXPECT_EQ(
      ErrorOf(find),
      Json::parse(R"({"what": "the detector is missing", "why": "no such file", "hint": "sanerf models fetch x"})"));
  EXPECT_EQ(Post("/api/export", "{}").status, 500);
  const RawAnswer hover = Get("/api/hover?view=9&xy=1,2&size=9");
  EXPECT_EQ(hover.status, 409);
  EXPECT_EQ(Json::parse(hover.body)["encoding"]["total"], 2);
  EXPECT_EQ(Get("/api/frame?layer=mask&view=1&size=9").status, 409);
}

TEST_F(RoutesTest, BodiesThatAreNoJsonObjectAreRefused) {
  for (const std::string& body :
       {std::string(), std::string("{"), std::string("[]"), std::string("1"), std::string("null"),
        std::string("{\"op\": \"\xff\"}"), std::string("{\"op\": \"\xc3\"}"), std::string("{} {}"),
        std::string("\0", 1), std::string(100'000, '['), std::string(100'000, '{'),
        "{\"op\": 1" + std::string(1000, '0') + "}", std::string("{\"a\": 1e999999}")})
    EXPECT_EQ(Post("/api/edit", body).status, 400) << body.substr(0, 40);
  EXPECT_EQ(ErrorOf(Post("/api/edit", "{"))["hint"], "see docs/viewer.md");  // there is no file to be fixed
  EXPECT_EQ(Post("/api/edit", R"({"op": "redo"})", "").status, 415);
  for (const char* type : {"text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
                           "application/jsonx", "text/plain; application/json"})
    EXPECT_EQ(Post("/api/edit", R"({"op": "redo"})", std::string("Content-Type: ") + type + "\r\n").status, 415)
        << type;
  EXPECT_EQ(calls_.edits, 0);
  EXPECT_EQ(Post("/api/edit", R"({"op": "redo"})", "Content-Type: Application/JSON ; charset=utf-8\r\n").status, 200);
  EXPECT_EQ(Post("/api/save", "{}").status, 200);
  EXPECT_EQ(Post("/api/again", "{}").body, R"({"again":true})");
}

TEST_F(RoutesTest, TenThousandPromptsMeetALimit) {
  RawClient client(server_->port());
  const std::string edit = R"({"op": "add_click", "view": 1, "xy": [1, 2]})";
  const std::string request = Line("POST", "/api/edit", Cookie() + "Content-Type: application/json\r\n") +
                              "Content-Length: " + std::to_string(edit.size()) + "\r\n\r\n" + edit;
  int taken = 0, refused = 0;
  const Stopwatch watch;
  for (int i = 0; i < 10'000; ++i) {
    ASSERT_TRUE(client.Send(request));
    const int status = client.Receive().status;
    taken += status == 200 ? 1 : 0;
    refused += status == 429 ? 1 : 0;
  }
  EXPECT_EQ(taken + refused, 10'000);
  EXPECT_EQ(calls_.edits, taken);
  EXPECT_GE(taken, Routes::kEditsPerMinute);
  EXPECT_LE(taken, Routes::kEditsPerMinute * (1 + watch.seconds() / 60) + 1);
}

TEST_F(RoutesTest, FramesAreRecordsAndEndWithAnEmptyOne) {
  const RawAnswer answer = Get("/api/frame?layer=rgb&view=1&size=640");
  EXPECT_EQ(answer.status, 200);
  const std::string record(
      "\x00\x00\x00\x00\x80\x02\xe0\x01\x06\x00\x00\x00"
      "coarse"
      "\x10\x00\x20\x00\x40\x00\x02\x01\x04\x00\x00\x00"
      "fine"
      "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
      46);
  EXPECT_EQ(answer.body, record);
}

TEST_F(RoutesTest, TheNewestRequestOfAPageWins) {
  RawClient old_one(server_->port());
  old_one.Send(Line("GET", "/api/frame?layer=depth&view=1&size=640&client=a&seq=1", Cookie()) + "\r\n");
  EXPECT_EQ(old_one.Head().status, 200);
  const RawAnswer other = Get("/api/frame?layer=rgb&view=1&size=640&client=b&seq=9");  // another page's
  EXPECT_EQ(other.status, 200);
  EXPECT_EQ(calls_.frames_done, 1);
  EXPECT_EQ(Get("/api/frame?layer=rgb&view=1&size=640&client=a&seq=2").status, 200);
  EXPECT_EQ(old_one.Chunk().substr(12), "coarse");
  EXPECT_EQ(old_one.Chunk(), "");  // ended without the last record
  EXPECT_EQ(calls_.frames_done, 2);

  std::thread hover([&] { EXPECT_EQ(Get("/api/hover?view=8&xy=1,2&size=9&client=a&seq=1").status, 409); });
  std::this_thread::sleep_for(milliseconds(50));
  EXPECT_EQ(Get("/api/hover?view=1&xy=1,2&size=9&client=a&seq=2").status, 200);
  hover.join();
}

TEST_F(RoutesTest, SoManyClientsGetPicturesAtATime) {
  const auto address = [](size_t client, const char* layer, int seq) {
    return "/api/frame?layer=" + std::string(layer) + "&view=1&size=640&client=c" + std::to_string(client) +
           "&seq=" + std::to_string(seq);
  };
  std::vector<std::unique_ptr<RawClient>> clients;
  for (size_t i = 0; i < Routes::kFramesAtOnce; ++i) {
    clients.push_back(std::make_unique<RawClient>(server_->port()));
    clients.back()->Send(Line("GET", address(i, "depth", 1), Cookie()) + "\r\n");
    EXPECT_EQ(clients.back()->Head().status, 200);
  }
  const RawAnswer refused = Get(address(Routes::kFramesAtOnce, "rgb", 1));
  EXPECT_EQ(refused.status, 503);
  EXPECT_THAT(ErrorOf(refused)["what"].get<std::string>(), HasSubstr("too many pictures"));
  EXPECT_EQ(Get("/api/frame?layer=rgb&view=1&size=640").status, 503);  // of a script
  // The newest picture of a client takes the turn of the one before.
  for (size_t i = 0; i < Routes::kFramesAtOnce; ++i) EXPECT_EQ(Get(address(i, "rgb", 2)).status, 200);
  EXPECT_EQ(Get(address(Routes::kFramesAtOnce, "rgb", 2)).status, 200);
}

TEST_F(RoutesTest, AFrameThatNobodyWaitsForEnds) {
  {
    RawClient client(server_->port());
    client.Send(Line("GET", "/api/frame?layer=opacity&view=1&size=640", Cookie()) + "\r\n");
    EXPECT_EQ(client.Head().status, 200);
  }
  for (const Stopwatch watch; watch.seconds() < 10 && calls_.frames_done == 0;)
    std::this_thread::sleep_for(milliseconds(2));
  EXPECT_EQ(calls_.frames_done, 1);
}

TEST_F(RoutesTest, EventsAreStreamedToSixteenPages) {
  std::vector<std::unique_ptr<RawClient>> pages;
  for (int i = 0; i < 16; ++i) {
    pages.push_back(std::make_unique<RawClient>(server_->port()));
    pages.back()->Send(Line("GET", "/api/events", Cookie()) + "\r\n");
    const RawAnswer head = pages.back()->Head();
    EXPECT_EQ(head.Header("Content-Type"), "text/event-stream");
    EXPECT_EQ(head.Header("Cache-Control"), "no-store");
    EXPECT_THAT(pages.back()->Chunk(), HasSubstr("event: hello"));
  }
  EXPECT_EQ(Get("/api/events").status, 503);
  events_.Say("message", {{"text", "to all"}});
  for (auto& page : pages) {
    std::string heard;
    while (heard.find("to all") == std::string::npos) {
      const std::string chunk = page->Chunk();
      ASSERT_NE(chunk, "");
      heard += chunk;
    }
  }
  EXPECT_EQ(Get("/api/state").status, 200);  // which leaves room for everything else
}

TEST_F(RoutesTest, ResultsAreFilesWithHarmlessNames) {
  const TestFolder folder;
  WriteFileAtomic(folder / "x.zip", "archive");
  calls_.result = folder / "x.zip";
  const RawAnswer answer = Get("/api/result?id=2");
  EXPECT_EQ(answer.body, "archive");
  EXPECT_EQ(answer.Header("Content-Type"), "application/zip");
  EXPECT_EQ(answer.Header("Content-Disposition"),
            "attachment; filename=\"mug______.zip\"; filename*=UTF-8''mug%20%22%0D%0A%C3%BC.zip");
  EXPECT_EQ(Get("/api/result?id=3").status, 404);
  std::filesystem::remove(calls_.result);
  EXPECT_EQ(Get("/api/result?id=2").status, 500);
}

TEST_F(RoutesTest, ThePageIsServedWithTypesOfOurOwn) {
  if (!HasPage()) GTEST_SKIP() << "built without web/dist";
  const RawAnswer page = Get("/");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.Header("Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(page.Header("Cache-Control"), "no-store");
  EXPECT_THAT(page.body, Not(HasSubstr("http")));  // nothing from another host
  const size_t script = page.body.find("assets/");
  ASSERT_NE(script, std::string::npos);
  const RawAnswer asset = Get("/" + page.body.substr(script, page.body.find('"', script) - script));
  EXPECT_EQ(asset.status, 200);
  EXPECT_THAT(asset.Header("Cache-Control"), HasSubstr("immutable"));
  EXPECT_EQ(asset.Header("Content-Encoding"), "");
  EXPECT_EQ(Get("/index.html", "Accept-Encoding: gzip\r\n").body, page.body);
  const std::string style(5000, 'x');
  EXPECT_EQ(Compressed({"assets/long.png", style}).data(), style.data());
  EXPECT_LT(Compressed({"assets/long.css", style}).size(), 100u);
  EXPECT_EQ(TypeOfFile("assets/index-1.js"), "text/javascript; charset=utf-8");
}

}  // namespace
}  // namespace sanerf::viewer
