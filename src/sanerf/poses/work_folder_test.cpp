#include "sanerf/poses/work_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <optional>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/folder_test_support.h"

namespace sanerf::poses {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

TEST(WorkFolder, KeepsWhatIsFinished) {
  const TestFolder folder;
  const std::string key = KeyOf("features", {{"n", 3}});
  {
    WorkFolder work(folder / "scene");
    EXPECT_EQ(work.path(), folder / "scene.poses");
    EXPECT_FALSE(work.IsDone("features", key));
    work.Begin("features", key);
    EXPECT_FALSE(work.IsDone("features", key));
    work.Finish("features", key, {{"cameras", 2}});
    work.Begin("matches", key);
  }
  WorkFolder again(folder / "scene");
  EXPECT_TRUE(again.IsDone("features", key));
  EXPECT_EQ(again.ResultOf("features").at("cameras"), 2);
  EXPECT_FALSE(again.IsDone("matches", key)) << "it was not finished";
  EXPECT_FALSE(again.IsDone("features", KeyOf("features", {{"n", 4}})));
  EXPECT_NE(key, KeyOf("matches", {{"n", 3}}));
  EXPECT_TRUE(again.ResultOf("none").is_null());
}

TEST(WorkFolder, OneAtATimeAndNothingOfOthers) {
  const TestFolder folder;
  std::optional<WorkFolder> first;
  first.emplace(folder / "scene");
  EXPECT_THAT(ErrorTextOf<Error>([&] { WorkFolder second(folder / "scene"); }),
              HasSubstr("another sanerf poses works there"));
  first.reset();
  EXPECT_NO_THROW(WorkFolder(folder / "scene"));

  fs::create_directories(folder / "other.poses");
  std::ofstream(folder / "other.poses/diary.txt") << "dear diary";
  EXPECT_THAT(ErrorTextOf<Error>([&] { WorkFolder work(folder / "other"); }), HasSubstr("holds something else"));
  EXPECT_EQ(ReadFile(folder / "other.poses/diary.txt"), "dear diary");
}

TEST(WorkFolder, ABrokenManifestIsOneOfNoSteps) {
  const TestFolder folder;
  const std::string key = KeyOf("a", {});
  { WorkFolder(folder / "scene").Finish("a", key, nullptr); }
  for (const char* text : {"", "{", "[]", R"({"format": 1, "steps": 7})", R"({"format": 99, "steps": {}})"}) {
    WriteFileAtomic(folder / "scene.poses/manifest.json", text);
    EXPECT_FALSE(WorkFolder(folder / "scene").IsDone("a", key)) << text;
  }
  WriteFileAtomic(folder / "scene.poses/manifest.json", R"({"format": 1, "steps": {"a": 3, "b": {"key": []}}})");
  WorkFolder work(folder / "scene");
  EXPECT_FALSE(work.IsDone("a", key));
  EXPECT_FALSE(work.IsDone("b", key));
  work.Finish("a", key, 5);
  EXPECT_TRUE(work.IsDone("a", key));
}

TEST(WorkFolder, FreshFoldersAreEmpty) {
  const TestFolder folder;
  const WorkFolder work(folder / "scene");
  std::ofstream(work.Fresh("photos") / "left") << "x";
  EXPECT_TRUE(fs::is_empty(work.Fresh("photos")));
}

}  // namespace
}  // namespace sanerf::poses
