#include "sanerf/core/temporary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>
#include <set>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/folder_test_support.h"

namespace fs = std::filesystem;

namespace sanerf {
namespace {

using ::testing::HasSubstr;

std::set<std::string> NamesIn(const fs::path& folder) {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) names.insert(entry.path().filename().string());
  return names;
}

// A process of its own that runs `body` and then waits to be killed.
class Writer {
 public:
  explicit Writer(const std::function<void()>& body) {
    int ends[2];
    if (pipe(ends) != 0) std::abort();
    pid_ = fork();
    if (pid_ == 0) {
      body();
      [[maybe_unused]] const ssize_t written = write(ends[1], "r", 1);
      for (;;) pause();
    }
    char ready = 0;
    [[maybe_unused]] const ssize_t got = read(ends[0], &ready, 1);
    close(ends[0]);
    close(ends[1]);
  }
  ~Writer() { Kill(); }
  pid_t pid() const { return pid_; }
  void Kill() {
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }

 private:
  pid_t pid_;
};

TEST(Temporary, WhatAKilledProcessLeftIsRemovedByTheNextThatWritesThere) {
  const TestFolder folder;
  const pid_t child = fork();
  if (child == 0) {
    WriteFileAtomic(folder / "model.ckpt", [](std::ostream& out) {
      out << std::string(200000, 'h');
      raise(SIGKILL);
    });
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status));
  ASSERT_EQ(NamesIn(folder.path()).size(), 1u);
  EXPECT_THAT(*NamesIn(folder.path()).begin(), HasSubstr(".model.ckpt."));
  WriteFileAtomic(folder / "other", "x");
  EXPECT_EQ(NamesIn(folder.path()), std::set<std::string>{"other"});
}

TEST(Temporary, WhatALivingProcessWritesStays) {
  const TestFolder folder;
  Writer file([&] { new TemporaryFile(folder / "a"); });
  Writer whole([&] {
    const auto* made = new TemporaryFolder(folder / "b");
    WriteFileAtomic(made->path() / "inside", "x");
  });
  const TemporaryFile own(folder / "c");
  ASSERT_EQ(NamesIn(folder.path()).size(), 3u);
  RemoveLeftovers(folder.path());
  EXPECT_EQ(NamesIn(folder.path()).size(), 3u);
  file.Kill();
  RemoveLeftovers(folder.path());
  EXPECT_EQ(NamesIn(folder.path()).size(), 2u);
  whole.Kill();
  RemoveLeftovers(folder.path());
  EXPECT_EQ(NamesIn(folder.path()), std::set<std::string>{own.path().filename().string()});
}

TEST(Temporary, OtherNamesAreLeftAlone) {
  const TestFolder folder;
  const std::set<std::string> names = {".notes.tmp",      "a.abcdef.tmp",   ".a.abcde.tmp", ".a.abc-ef.tmp",
                                       ".a.abcdefgh.tmp", ".a.abcdef.temp", ".abcdef.tmp"};
  for (const std::string& name : names) WriteFileAtomic(folder / name, "mine");
  fs::create_directory_symlink("/tmp", folder / ".a.abcdef.tmp");
  RemoveLeftovers(folder.path());
  EXPECT_EQ(NamesIn(folder.path()).size(), names.size() + 1);
}

// .XXXXXX.replaced: of a process that died between taking the old folder away and putting the new one there, or after.
TEST(Temporary, WhatWasReplacedGoesBackWhenNothingTookItsPlace) {
  const TestFolder folder;
  fs::create_directories(folder / ".scene.abcdef.replaced");
  WriteFileAtomic(folder / ".scene.abcdef.replaced" / "first", "x");
  fs::create_directories(folder / ".scene.ghijkl.tmp");
  RemoveLeftovers(folder.path());
  EXPECT_EQ(NamesIn(folder.path()), std::set<std::string>{"scene"});
  EXPECT_EQ(NamesIn(folder / "scene"), std::set<std::string>{"first"});

  fs::create_directories(folder / ".scene.mnopqr.replaced");
  WriteFileAtomic(folder / ".scene.mnopqr.replaced" / "older", "x");
  RemoveLeftovers(folder.path());
  EXPECT_EQ(NamesIn(folder.path()), std::set<std::string>{"scene"});
  EXPECT_EQ(NamesIn(folder / "scene"), std::set<std::string>{"first"});
}

TEST(Temporary, LeftoversOfEarlierVersionsAreRemovedWithTheirProcess) {
  const TestFolder folder;
  Writer gone([] {}), living([] {});
  const std::string gone_pid = std::to_string(gone.pid()), living_pid = std::to_string(living.pid());
  gone.Kill();
  for (const std::string& pid : {gone_pid, living_pid}) {
    fs::create_directories(folder / (".fetch-" + pid) / "package");
    fs::create_directories(folder / ("scene." + pid + ".partial") / "train");
  }
  WriteFileAtomic(folder / ("film." + gone_pid + ".partial"), "a download of somebody else");
  fs::create_directories(folder / "notes.v2.partial");
  RemoveLeftovers(folder.path());
  EXPECT_EQ(NamesIn(folder.path()), (std::set<std::string>{".fetch-" + living_pid, "scene." + living_pid + ".partial",
                                                           "film." + gone_pid + ".partial", "notes.v2.partial"}));
}

TEST(Temporary, FoldersBelowAreClearedOnDemand) {
  const TestFolder folder;
  fs::create_directories(folder / "a" / "b");
  for (const fs::path& place : {folder / "a", folder / "a" / "b"}) WriteFileAtomic(place / ".x.abcdef.tmp", "left");
  RemoveLeftovers(folder.path());
  EXPECT_EQ(NamesIn(folder / "a").size(), 2u);
  RemoveLeftoversBelow(folder.path());
  EXPECT_EQ(NamesIn(folder / "a"), std::set<std::string>{"b"});
  EXPECT_TRUE(NamesIn(folder / "a" / "b").empty());
}

TEST(Temporary, AFolderAppearsAtOnceAndReplacesTheOldOne) {
  const TestFolder folder;
  const auto write = [&](const std::string& text, bool moves) {
    TemporaryFolder made(folder / "scene");
    WriteFileAtomic(made.path() / text, text);
    if (moves) made.MoveIntoPlace();
  };
  write("first", false);
  EXPECT_TRUE(NamesIn(folder.path()).empty());
  write("first", true);
  write("second", false);
  EXPECT_EQ(NamesIn(folder / "scene"), std::set<std::string>{"first"});
  write("second", true);
  EXPECT_EQ(NamesIn(folder / "scene"), std::set<std::string>{"second"});
  EXPECT_EQ(NamesIn(folder.path()), std::set<std::string>{"scene"});
}

TEST(Temporary, LongNamesAndMissingFolders) {
  const TestFolder folder;
  const std::string name(250, 'n');
  WriteFileAtomic(folder / name, "x");
  EXPECT_EQ(NamesIn(folder.path()), std::set<std::string>{name});
  EXPECT_THAT(ErrorTextOf<Error>([&] { TemporaryFile(folder / "none" / "a"); }),
              HasSubstr("cannot write " + (folder / "none" / "a").string() + ": No such file"));
  EXPECT_THAT(ErrorTextOf<Error>([&] { TemporaryFolder(folder / "none" / "a"); }), HasSubstr("No such file"));
}

}  // namespace
}  // namespace sanerf
