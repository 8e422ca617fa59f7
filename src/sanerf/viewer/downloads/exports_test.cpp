#include "sanerf/viewer/downloads/exports.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <thread>
#include <vector>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/stopwatch.h"
#include "sanerf/run/object_store.h"
#include "sanerf/run/run_lock.h"
#include "sanerf/viewer/nobody_test_support.h"

namespace fs = std::filesystem;

namespace sanerf::viewer {
namespace {

// A run with what the prompts of an object need to be exported.
class ExportsTest : public ::testing::Test {
 protected:
  ExportsTest() {
    fs::create_directories(run_ / "objects" / "fox");
    WriteFileAtomic(run_ / "run.json", R"({"format": 1, "scene": {"hash": "1", "path": "scene"}})");
    WriteFileAtomic(run_ / "objects" / "fox" / "object.json",
                    R"({"label": 1, "labels": ["fox"], "field_id": "1", "nerf_fingerprint": "1"})");
    WriteFileAtomic(run_ / "objects" / "fox" / "prompts.json",
                    R"({"objects": [{"name": "fox", "points": [{"p": [1, 2, 3]}]}]})");
  }
  // What is in the run beside what was put there.
  std::vector<fs::path> Temporary() const {
    std::vector<fs::path> paths;
    for (const fs::directory_entry& entry : fs::directory_iterator(run_))
      if (entry.path().filename() != "run.json" && entry.path().filename() != "objects" &&
          entry.path().filename() != ".lock")
        paths.push_back(entry.path());
    return paths;
  }
  int64_t Begin(Exports& exports) const { return exports.Begin({run_, "prompts", {"fox"}}, Json::object()); }
  static std::string WaitFor(const Exports& exports) {
    for (const Stopwatch watch; watch.seconds() < 20;) {
      const Json results = exports.State();
      const std::string state = results.at(0).at("state");
      if (state != "running") return state;
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return "running";
  }

  TestFolder folder_;
  const fs::path run_ = folder_ / "run";
  Nobody nobody_;
};

TEST_F(ExportsTest, AreInAHiddenFolderOfTheRunThatGoesWithThem) {
  {
    WorkList work(nobody_);
    Exports exports(work, nobody_);
    EXPECT_TRUE(Temporary().empty());  // nothing was asked for
    const int64_t id = Begin(exports);
    ASSERT_EQ(WaitFor(exports), "ready");
    const std::vector<fs::path> made = Temporary();
    ASSERT_EQ(made.size(), 1u);
    EXPECT_EQ(made[0].filename().string()[0], '.');
    std::string name;
    const fs::path file = exports.FileOf(id, &name);
    EXPECT_EQ(name, "fox-prompts.json");
    EXPECT_EQ(fs::relative(file, made[0]).string().find(".."), std::string::npos);
    EXPECT_EQ(run::ListObjects(run::RunFolder::Open(run_)).size(), 1u);
  }
  EXPECT_TRUE(Temporary().empty());
}

TEST_F(ExportsTest, OfAKilledWindowGoWithTheNextLock) {
  const pid_t window = fork();
  if (window == 0) {
    const run::RunLock lock(run_, run::RunLock::Holder::kWindow);
    WorkList work(nobody_);
    Exports exports(work, nobody_);
    Begin(exports);
    if (WaitFor(exports) != "ready") _exit(1);
    raise(SIGKILL);
  }
  int status = 0;
  waitpid(window, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(Temporary().size(), 1u);
  { const run::RunLock lock(run_, run::RunLock::Holder::kWindow); }
  EXPECT_TRUE(Temporary().empty());
}

TEST_F(ExportsTest, WithoutARunSayThatThereIsNone) {
  fs::remove(run_ / "run.json");
  fs::remove_all(run_ / "objects");
  WorkList work(nobody_);
  Exports exports(work, nobody_);
  Begin(exports);
  EXPECT_EQ(WaitFor(exports), "failed");
  EXPECT_THAT(exports.State().at(0).at("error").get<std::string>(), ::testing::HasSubstr("not a run folder"));
  EXPECT_TRUE(Temporary().empty());
}

}  // namespace
}  // namespace sanerf::viewer
