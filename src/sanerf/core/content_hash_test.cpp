#include "sanerf/core/content_hash.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sanerf/core/byte_text.h"
#include "sanerf/core/error.h"
#include "sanerf/core/events_test_support.h"
#include "sanerf/core/files.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"

namespace fs = std::filesystem;

namespace sanerf {
namespace {

constexpr double kSoon = 1e8, kLater = 1e11;  // before and after any file's last change

double Later() { return kLater; }

TEST(ContentHash, AFileIsReadOnceAndKnownInTheNextProcess) {
  const TestFolder folder;
  WriteFileAtomic(folder / "photo", "contents");
  ContentHashes hashes(Later);
  EXPECT_EQ(hashes.Of(folder / "photo"), Sha256("contents"));
  EXPECT_EQ(hashes.Of(folder / "photo"), Sha256("contents"));
  EXPECT_EQ(hashes.num_hashed(), 1);
  hashes.Keep(folder / "store.json", Job());

  ContentHashes next(Later);
  next.Recall(folder / "store.json", Job());
  EXPECT_EQ(next.Of(folder / "photo"), Sha256("contents"));
  EXPECT_EQ(next.num_hashed(), 0);
}

TEST(ContentHash, AnotherFileOfTheSameSizeAndTimeIsNoticed) {
  const TestFolder folder;
  const auto put = [&](const std::string& contents) {
    WriteFileAtomic(folder / "photo", contents);
    const timespec times[2] = {{1000, 5}, {1000, 5}};
    utimensat(AT_FDCWD, (folder / "photo").c_str(), times, 0);
  };
  put("contents");
  ContentHashes hashes(Later);
  EXPECT_EQ(hashes.Of(folder / "photo"), Sha256("contents"));
  put("CONTENTS");
  EXPECT_EQ(hashes.Of(folder / "photo"), Sha256("CONTENTS"));
  // In place: the same inode.
  const int file = open((folder / "photo").c_str(), O_WRONLY);
  ASSERT_EQ(pwrite(file, "c", 1, 0), 1);
  close(file);
  EXPECT_EQ(hashes.Of(folder / "photo"), Sha256("cONTENTS"));
}

TEST(ContentHash, WhatChangedJustNowIsNotTrusted) {
  const TestFolder folder;
  WriteFileAtomic(folder / "photo", "contents");
  ContentHashes hashes([] { return kSoon; });
  hashes.Of(folder / "photo");
  hashes.Of(folder / "photo");
  EXPECT_EQ(hashes.num_hashed(), 2);
  hashes.Keep(folder / "store.json", Job());
  EXPECT_FALSE(fs::exists(folder / "store.json"));
}

TEST(ContentHash, ABrokenStoreIsOneWarningAndTheFilesAreReadAgain) {
  const TestFolder folder;
  WriteFileAtomic(folder / "photo", "contents");
  for (const char* text : {"{", "[]", "{\"format\": 1, \"files\": {\"/a\": 3}}"}) {
    WriteFileAtomic(folder / "store.json", text);
    ContentHashes hashes(Later);
    EventRecorder events;
    for (int i = 0; i < 2; ++i) hashes.Recall(folder / "store.json", Job().With(events));
    ASSERT_EQ(events.Lines().size(), 1u) << text;
    EXPECT_TRUE(events.Lines()[0].starts_with("warning " + (folder / "store.json").string() + ":"));
    EXPECT_EQ(hashes.Of(folder / "photo"), Sha256("contents")) << text;
  }
  ContentHashes hashes(Later);
  EventRecorder events;
  WriteFileAtomic(folder / "store.json", "{\"format\": 99}");
  for (const char* store : {"store.json", "none.json"}) hashes.Recall(folder / store, Job().With(events));
  EXPECT_TRUE(events.Lines().empty());  // another version's, and none at all
}

TEST(ContentHash, AStoreThatCannotBeWrittenIsOneWarning) {
  const TestFolder folder;
  WriteFileAtomic(folder / "photo", "contents");
  ContentHashes hashes(Later);
  EventRecorder events;
  hashes.Of(folder / "photo");
  for (int i = 0; i < 2; ++i) hashes.Keep(folder / "none" / "store.json", Job().With(events));
  ASSERT_EQ(events.Lines().size(), 1u);
  EXPECT_NE(events.Lines()[0].find("none"), std::string::npos);
  EXPECT_NE(events.Lines()[0].find("the next command reads the photos again"), std::string::npos);
  EXPECT_FALSE(fs::exists(folder / "none"));
  hashes.Keep(folder / "store.json", Job().With(events));  // nothing is lost
  EXPECT_TRUE(fs::exists(folder / "store.json"));
  EXPECT_NE(ErrorTextOf<Error>([&] { hashes.Of(folder / "absent"); }).find("absent"), std::string::npos);
}

TEST(ContentHash, TheStoreForgetsFilesThatAreGone) {
  const TestFolder folder;
  ContentHashes hashes(Later);
  for (const char* name : {"a", "b"}) {
    WriteFileAtomic(folder / name, name);
    hashes.Of(folder / name);
  }
  fs::remove(folder / "a");
  hashes.Keep(folder / "store.json", Job());
  const Json files = ReadJsonFile(folder / "store.json")["files"];
  EXPECT_EQ(files.size(), 1u);
  EXPECT_TRUE(files.contains((folder / "b").string()));
}

}  // namespace
}  // namespace sanerf
