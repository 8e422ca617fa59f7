#include "sanerf/run/new_run.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "sanerf/core/files.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/run/run_folder.h"
#include "sanerf/run/run_lock.h"

namespace fs = std::filesystem;

namespace sanerf::run {
namespace {

// What a training makes before it has a run.json.
void Begin(const fs::path& run) {
  EnsureWritableFolder(run / "nerf");
  WriteFileAtomic(run / ".lock", "1");
}

TEST(NewRun, LeavesNothingWhenNothingCameOfIt) {
  const TestFolder folder;
  {
    const NewRun run(folder / "run");
    Begin(folder / "run");
  }
  EXPECT_FALSE(fs::exists(folder / "run"));
}

TEST(NewRun, LeavesNoFolderAroundItEither) {
  const TestFolder folder;
  fs::create_directories(folder / "mine");
  {
    const NewRun run(folder / "mine/runs/mug");
    Begin(folder / "mine/runs/mug");
  }
  EXPECT_TRUE(fs::is_empty(folder / "mine"));
}

TEST(NewFolder, IsLeftWhenWhatWasToComeIsThere) {
  const TestFolder folder;
  for (const char* name : {"stopped", "done"}) {
    const NewFolder results(folder / name, {"masks"}, "methods");
    EnsureWritableFolder(folder / name / "masks");
    WriteFileAtomic(folder / name / ".lock", "1");
    if (name == std::string("done")) fs::create_directories(folder / name / "methods");
  }
  EXPECT_FALSE(fs::exists(folder / "stopped"));
  for (const char* kept : {"masks", ".lock", "methods"}) EXPECT_TRUE(fs::exists(folder / "done" / kept)) << kept;
}

TEST(NewRun, LeavesWhatWasThereBefore) {
  const TestFolder folder;
  fs::create_directories(folder / "empty");
  fs::create_directories(folder / "used");
  WriteFileAtomic(folder / "used/.lock", "1");
  WriteFileAtomic(folder / "used/mine.txt", "mine");
  for (const char* name : {"empty", "used"}) {
    const NewRun run(folder / name);
    Begin(folder / name);
  }
  EXPECT_TRUE(fs::is_empty(folder / "empty"));
  EXPECT_TRUE(fs::exists(folder / "used/.lock"));
  EXPECT_TRUE(fs::exists(folder / "used/mine.txt"));
  EXPECT_FALSE(fs::exists(folder / "used/nerf"));
}

TEST(NewRun, LeavesWhatAnotherCommandHolds) {
  const TestFolder folder;
  std::unique_ptr<RunLock> other;
  {
    const NewRun run(folder / "run");
    fs::create_directories(folder / "run/nerf");
    other = std::make_unique<RunLock>(folder / "run");
  }
  EXPECT_TRUE(fs::exists(folder / "run/.lock"));
  EXPECT_TRUE(fs::exists(folder / "run/nerf"));
}

TEST(NewRun, LeavesARunAndWhatElseIsMadeMeanwhile) {
  const TestFolder folder;
  {
    const NewRun run(folder / "run"), other(folder / "other");
    Begin(folder / "run");
    WriteFileAtomic(folder / "run/run.json", "{}");
    fs::create_directories(folder / "other/scene");
    WriteFileAtomic(folder / "other/scene/photo.png", "photo");
  }
  EXPECT_TRUE(fs::exists(folder / "run/.lock"));
  EXPECT_TRUE(fs::exists(folder / "run/nerf"));
  EXPECT_TRUE(fs::exists(folder / "other/scene/photo.png"));
}

}  // namespace
}  // namespace sanerf::run
