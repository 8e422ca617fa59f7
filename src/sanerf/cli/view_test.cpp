// `sanerf view`: what it prints, who gets in, how it ends. What the page gets is tested in the room viewer.
#include <csignal>
#include <memory>
#include <thread>

#include "sanerf/cli/tiny_run_test_support.h"
#include "sanerf/core/json.h"
#include "sanerf/core/stopwatch.h"
#include "sanerf/viewer/http/assets.h"
#include "sanerf/viewer/http/http_server.h"
#include "sanerf/viewer/http/http_test_support.h"

namespace fs = std::filesystem;

namespace sanerf::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class View : public TinyRun {
 protected:
  void SetUp() override {
    if (!viewer::HasPage()) GTEST_SKIP() << "built without web/dist";
    MakeRun();
  }

  struct Window {
    std::unique_ptr<CommandProcess> process;
    std::string url, token;
    int port = 0;
  };
  // `sanerf view PATH …`, once it listens.
  Window Open(const Arguments& arguments) const {
    const fs::path out = folder_ / "out.json";
    fs::remove(out);
    Window window;
    window.process = std::make_unique<CommandProcess>(
        Arguments{"view"} + arguments + Arguments{"--json", "--set", "encode.model=encoder.onnx,decoder.onnx"},
        folder_.path(), out);
    const Stopwatch watch;
    while (watch.seconds() < 60) {
      const Json json = Json::parse(fs::exists(out) ? ReadFile(out) : "", nullptr, false);
      if (json.is_object()) {
        window.url = json["url"];
        window.token = json["token"];
        window.port = json["port"];
        return window;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    ADD_FAILURE() << window.process->ErrSoFar();
    return window;
  }
  static viewer::RawAnswer Get(const Window& window, const std::string& address, const std::string& header) {
    return viewer::Ask(window.port, "GET " + address + " HTTP/1.1\r\nHost: localhost:" + std::to_string(window.port) +
                                        "\r\n" + header + "\r\n\r\n");
  }
};

TEST_F(View, PrintsWhereItIsAndEndsWithCtrlC) {
  const Window window = Open({"run", "--port", "0"});
  EXPECT_EQ(window.url, "http://127.0.0.1:" + std::to_string(window.port) + "/?token=" + window.token);
  const viewer::RawAnswer state = Get(window, "/api/state", "Authorization: Bearer " + window.token);
  EXPECT_EQ(state.status, 200);
  EXPECT_EQ(Json::parse(state.body)["phase"], "trained");
  EXPECT_EQ(Get(window, "/api/state", "Authorization: Bearer " + std::string(32, '0')).status, 401);
  EXPECT_EQ(Get(window, "/", "Authorization: Bearer " + window.token).status, 200);
  EXPECT_THAT(Fails(1, {"view", "run", "--port", "0"}), HasSubstr("run is in use"));
  window.process->Send(SIGINT);
  const ProgramResult result = window.process->Wait();
  EXPECT_EQ(result.exit_code, 130);
  EXPECT_THAT(result.err, AllOf(HasSubstr("ssh -L " + std::to_string(window.port) + ":localhost:"),
                                HasSubstr("next:  sanerf view run"), Not(HasSubstr("error: "))));
  viewer::HttpServer({"127.0.0.1", window.port, 1});  // the port is free again
}

TEST_F(View, APageThatWasLeftOpenFindsBackAfterTheServerWasKilled) {
  const Window first = Open({"run", "--port", "0"});
  const viewer::RawAnswer visit = Get(first, "/?token=" + first.token, "Accept: */*");
  EXPECT_EQ(visit.status, 303);
  const std::string cookie = "Cookie: " + visit.Header("Set-Cookie").substr(0, visit.Header("Set-Cookie").find(';'));
  EXPECT_EQ(Get(first, "/api/state", cookie).status, 200);
  first.process->Send(SIGKILL);
  first.process->Wait();
  const Window second = Open({"run", "--port", std::to_string(first.port)});
  EXPECT_EQ(second.port, first.port);
  EXPECT_NE(second.token, first.token);
  EXPECT_EQ(Get(second, "/api/state", cookie).status, 200);
  second.process->Send(SIGTERM);
  EXPECT_EQ(second.process->Wait().exit_code, 130);
  EXPECT_THAT(ReadFile(folder_ / "run/.visitors"), Not(HasSubstr(first.token)));
}

TEST_F(View, SaysWhenAPortIsTakenAndTakesTheNext) {
  const viewer::HttpServer taken({"127.0.0.1", 0});
  const Window window = Open({"run", "--port", std::to_string(taken.port())});
  EXPECT_GT(window.port, taken.port());
  window.process->Send(SIGINT);
  EXPECT_THAT(window.process->Wait().err, HasSubstr("port   " + std::to_string(taken.port()) + " is taken; this is " +
                                                    std::to_string(window.port)));
}

TEST_F(View, ASceneGetsItsRunBesideIt) {
  const Window window = Open({"scene", "--port", "0"});
  const Json state = Json::parse(Get(window, "/api/state", "Authorization: Bearer " + window.token).body);
  EXPECT_EQ(state["phase"], "photos");
  EXPECT_EQ(state["run"], "scene_run");
  window.process->Send(SIGINT);
  EXPECT_EQ(window.process->Wait().exit_code, 130);
}

TEST_F(View, WhatCannotBeOpenedIsSaid) {
  fs::create_directory(folder_ / "empty");
  EXPECT_THAT(Fails(1, {"view", "empty"}), HasSubstr("the folder is empty"));
  EXPECT_THAT(Fails(1, {"view", "none"}), HasSubstr("does not exist"));
  EXPECT_THAT(Fails(2, {"view", "run", "--out", "other"}), HasSubstr("run is a run folder, not a scene"));
  EXPECT_THAT(Fails(2, {"view", "run", "--port", "65536"}), HasSubstr("from 0 to 65535"));
  for (const char* name : {"http://x", "x:80", "", "UPPER"})
    EXPECT_THAT(Fails(2, {"view", "run", "--allow-host", name}), StartsWith("error: --allow-host")) << name;
  EXPECT_THAT(Fails(1, {"view", "run", "--port", "0", "--host", "192.0.2.1"}), HasSubstr("cannot serve at 192.0.2.1"));
}

}  // namespace
}  // namespace sanerf::cli
