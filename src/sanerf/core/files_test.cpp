#include "sanerf/core/files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <stdexcept>

#include "sanerf/core/disk_test_support.h"
#include "sanerf/core/error.h"
#include "sanerf/core/folder_test_support.h"

namespace fs = std::filesystem;

namespace sanerf {
namespace {

using ::testing::HasSubstr;

size_t NumEntries(const fs::path& folder) {
  return size_t(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

TEST(Files, WhatWasWrittenIsRead) {
  const TestFolder folder;
  std::string bytes(200000, 'x');
  bytes[77] = '\0';
  WriteFileAtomic(folder / "a", bytes);
  EXPECT_EQ(ReadFile(folder / "a"), bytes);
  WriteFileAtomic(folder / "a", "short");
  EXPECT_EQ(ReadFile(folder / "a"), "short");
  EXPECT_EQ(NumEntries(folder.path()), 1u);
}

TEST(Files, RelativePathsWithoutAFolderWork) {
  const TestFolder folder;
  const fs::path before = fs::current_path();
  fs::current_path(folder.path());
  WriteFileAtomic("plain", "text");
  fs::current_path(before);
  EXPECT_EQ(ReadFile(folder / "plain"), "text");
}

TEST(Files, StreamsCanSeekBack) {
  const TestFolder folder;
  WriteFileAtomic(folder / "a", [](std::ostream& out) {
    out << "????" << std::string(100000, 'b');
    EXPECT_EQ(out.tellp(), 100004);
    out.seekp(0);
    out << "head";
    out.seekp(0, std::ios::end);
    out << "tail";
  });
  const std::string bytes = ReadFile(folder / "a");
  EXPECT_EQ(bytes.size(), 100008u);
  EXPECT_EQ(bytes.substr(0, 5), "headb");
  EXPECT_EQ(bytes.substr(100003), "btail");
}

TEST(Files, NewFilesGetTheUsualModeAndOldOnesKeepTheirs) {
  const TestFolder folder;
  const mode_t mask = umask(022);
  WriteFileAtomic(folder / "a", "x");
  umask(mask);
  struct stat info {};
  stat((folder / "a").c_str(), &info);
  EXPECT_EQ(info.st_mode & 0777, 0644u);
  chmod((folder / "a").c_str(), 0600);
  WriteFileAtomic(folder / "a", "y");
  stat((folder / "a").c_str(), &info);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

TEST(Files, AFailedWriterLeavesTheOldFileAndNothingElse) {
  const TestFolder folder;
  WriteFileAtomic(folder / "a", "old");
  EXPECT_THROW(WriteFileAtomic(folder / "a",
                               [](std::ostream& out) {
                                 out << "half";
                                 throw std::runtime_error("stop");
                               }),
               std::runtime_error);
  EXPECT_EQ(ReadFile(folder / "a"), "old");
  EXPECT_EQ(NumEntries(folder.path()), 1u);
}

TEST(Files, AFullDiskIsSaidAndKeepsTheOldFileAndNothingElse) {
  const TestDisk disk;
  if (!disk.why_not().empty()) GTEST_SKIP() << disk.why_not();
  const fs::path folder = disk / "folder", file = folder / "a";
  EnsureWritableFolder(folder);
  WriteFileAtomic(file, "old");
  const std::string expected =
      "cannot write " + file.string() + ": No space left on device\nfree some space or choose another folder";
  EXPECT_EQ(ErrorTextOf<WriteError>([&] { WriteFileAtomic(file, std::string(1 << 20, 'x')); }), expected);
  // In many small pieces it is the stream's buffer that meets the end of the disk.
  EXPECT_EQ(ErrorTextOf<WriteError>([&] {
              WriteFileAtomic(file, [](std::ostream& out) {
                for (int i = 0; i < 100000; ++i) out << "a line of text\n";
              });
            }),
            expected);
  EXPECT_EQ(ReadFile(file), "old");
  EXPECT_EQ(NumEntries(folder), 1u);

  disk.LeaveFree(0);
  EXPECT_EQ(ErrorTextOf<WriteError>([&] { WriteFileAtomic(folder / "b", "new"); }),
            "cannot write " + (folder / "b").string() +
                ": No space left on device\nfree some space or choose another folder");
  EXPECT_EQ(ErrorTextOf<WriteError>([&] { EnsureWritableFolder(folder); }),
            "cannot write to folder " + folder.string() +
                ": No space left on device\nfree some space or choose another folder");
  EXPECT_EQ(NumEntries(folder), 1u);
  disk.FreeAgain();
  WriteFileAtomic(file, "new");
  EXPECT_EQ(ReadFile(file), "new");
}

TEST(Files, AFileThatMayNotGrowIsAnErrorWithPathAndHint) {
  const TestFolder folder;
  WriteFileAtomic(folder / "a", "old");
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit limit = before;
  limit.rlim_cur = 100000;
  setrlimit(RLIMIT_FSIZE, &limit);
  const std::string text = ErrorTextOf<Error>([&] { WriteFileAtomic(folder / "a", std::string(300000, 'x')); });
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, old_handler);
  EXPECT_THAT(text, HasSubstr("cannot write " + (folder / "a").string()));
  EXPECT_THAT(text, HasSubstr("File too large"));
  EXPECT_THAT(text, HasSubstr("ulimit"));
  EXPECT_EQ(ReadFile(folder / "a"), "old");
  EXPECT_EQ(NumEntries(folder.path()), 1u);
}

TEST(Files, AFolderBelowAFileIsAnError) {
  const TestFolder folder;
  WriteFileAtomic(folder / "file", "x");
  EXPECT_THAT(ErrorTextOf<WriteError>([&] { WriteFileAtomic(folder / "file" / "a", "x"); }),
              HasSubstr("is a file, not a folder"));
  EXPECT_THAT(ErrorTextOf<WriteError>([&] { EnsureWritableFolder(folder / "file" / "sub"); }),
              HasSubstr("cannot create folder"));
  EXPECT_THAT(ErrorTextOf<WriteError>([&] { EnsureWritableFolder(folder / "file"); }),
              HasSubstr((folder / "file").string()));
}

TEST(Files, AFileThatCannotBeRemovedIsAnErrorAndOneThatIsGoneIsNone) {
  const TestFolder folder;
  WriteFileAtomic(folder / "a", "x");
  RemoveFile(folder / "a");
  RemoveFile(folder / "a");
  EXPECT_EQ(NumEntries(folder.path()), 0u);
  EnsureWritableFolder(folder / "full" / "inside");
  EXPECT_EQ(ErrorTextOf<WriteError>([&] { RemoveFile(folder / "full"); }),
            "cannot remove " + (folder / "full").string() + ": Directory not empty\n");
}

TEST(Files, AnUnwritableFolderIsAnError) {
  EXPECT_THAT(ErrorTextOf<Error>([] { EnsureWritableFolder("/proc/sanerf"); }), HasSubstr("folder /proc/sanerf: "));
  EXPECT_THAT(ErrorTextOf<Error>([] { EnsureWritableFolder("/proc"); }), HasSubstr("cannot write to folder /proc: "));
  if (geteuid() == 0) return;  // root may write anywhere
  const TestFolder folder;
  fs::permissions(folder.path(), fs::perms::owner_read | fs::perms::owner_exec);
  EXPECT_THAT(ErrorTextOf<Error>([&] { EnsureWritableFolder(folder.path()); }), HasSubstr("Permission denied"));
  EXPECT_THAT(ErrorTextOf<Error>([&] { WriteFileAtomic(folder / "a", "x"); }), HasSubstr("Permission denied"));
  fs::permissions(folder.path(), fs::perms::owner_all);
}

TEST(Files, EnsureWritableFolderMakesParentsAndLeavesNothingInside) {
  const TestFolder folder;
  EnsureWritableFolder(folder / "a" / "b");
  EXPECT_TRUE(fs::is_directory(folder / "a" / "b"));
  EXPECT_EQ(NumEntries(folder / "a" / "b"), 0u);
  EnsureWritableFolder(folder / "a" / "b");
}

TEST(Files, MissingFilesAndFoldersCannotBeRead) {
  const TestFolder folder;
  EXPECT_THAT(ErrorTextOf<Error>([&] { ReadFile(folder / "none"); }), HasSubstr("No such file"));
  EXPECT_THAT(ErrorTextOf<Error>([&] { ReadFile(folder.path()); }), HasSubstr("it is a folder"));
}

}  // namespace
}  // namespace sanerf
