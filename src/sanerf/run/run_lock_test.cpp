#include "sanerf/run/run_lock.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sanerf/core/error.h"
#include "sanerf/run/run_folder_test_support.h"

namespace fs = std::filesystem;

namespace sanerf::run {
namespace {

using ::testing::HasSubstr;

TEST_F(RunFolderTest, TheLockClearsWhatKilledProcessesLeft) {
  EnsureWritableFolder(folder_ / "run" / "features");
  const fs::path left = folder_ / "run" / "features" / ".a.feat.Ab3dEf.tmp";
  WriteFileAtomic(left, "half");
  EnsureWritableFolder(folder_ / "run" / "objects");
  WriteFileAtomic(folder_ / "run" / "objects" / ".log.jsonl", "half");
  const RunLock lock(folder_ / "run");
  EXPECT_FALSE(fs::exists(left));
  EXPECT_TRUE(fs::is_empty(folder_ / "run" / "objects"));
}

TEST_F(RunFolderTest, WhatCannotBeLockedOrReadIsLeftAsItIs) {
  WriteFileAtomic(folder_ / "run" / "run.json", "{");
  EXPECT_THAT(ErrorTextOf<Error>([&] { LockedRun(folder_ / "run"); }), HasSubstr("run.json:1:2: broken JSON"));
  EXPECT_FALSE(fs::exists(folder_ / "run" / ".lock"));
  WriteFileAtomic(folder_ / "run" / ".lock", "1");
  EXPECT_THROW(LockedRun(folder_ / "run"), Error);
  EXPECT_TRUE(fs::exists(folder_ / "run" / ".lock"));
}

TEST_F(RunFolderTest, TheLockIsNotWrittenThroughALink) {
  const fs::path lock = folder_ / "run" / ".lock", elsewhere = folder_ / "diary.txt";
  for (const bool is_there : {false, true}) {
    if (is_there) WriteFileAtomic(elsewhere, "dear diary");
    fs::remove(lock);
    fs::create_symlink("../diary.txt", lock);
    EXPECT_THAT(ErrorTextOf<Error>([&] { LockedRun(folder_ / "run"); }),
                HasSubstr("cannot write " + lock.string() + ": it is a link to another place\nremove the link"));
    EXPECT_TRUE(fs::is_symlink(lock));
    EXPECT_EQ(fs::exists(elsewhere), is_there);
  }
  EXPECT_EQ(ReadFile(elsewhere), "dear diary");
}

TEST_F(RunFolderTest, OnlyOneProcessWrites) {
  const RunLock lock(folder_ / "run");
  const pid_t child = fork();
  if (child == 0) {
    const std::string text = ErrorTextOf<Error>([&] { const RunLock second(folder_ / "run"); });
    _exit(text.find("is in use: process " + std::to_string(getppid())) != std::string::npos ? 0 : 1);
  }
  int status = -1;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

TEST_F(RunFolderTest, WhoFindsAWindowIsToldWhatItIs) {
  const LockedRun window(folder_ / "run", RunLock::Holder::kWindow);
  EXPECT_EQ(
      ErrorTextOf<Error>([&] { LockedRun(folder_ / "run"); }),
      fmt::format("{} is in use: sanerf view has it open (process {})\ndo it in that page, or end it first: Ctrl-C "
                  "where it runs",
                  (folder_ / "run").string(), getpid()));
}

}  // namespace
}  // namespace sanerf::run
