#include "sanerf/run/run_folder.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/image_io.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/run/object_store.h"
#include "sanerf/scene/load_scene.h"

namespace fs = std::filesystem;

namespace sanerf::run {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

// Four photos around the origin in NeRF-synthetic format.
void WriteScene(const fs::path& folder, double angle = 0.9) {
  EnsureWritableFolder(folder);
  Json json = {{"camera_angle_x", angle}, {"frames", Json::array()}};
  for (int i = 0; i < 4; ++i) {
    const std::string name = "photo_" + std::to_string(i) + ".png";
    WritePng(folder / name, ImageU8(16, 12, 3, uint8_t(40 * i)));
    const double c = i % 2 == 0 ? (i == 0 ? 1 : -1) : 0, s = i % 2 == 1 ? (i == 1 ? 1 : -1) : 0;
    json["frames"].push_back(
        {{"file_path", name}, {"transform_matrix", {{c, 0, s, 3 * s}, {0, 1, 0, 0}, {-s, 0, c, 3 * c}, {0, 0, 0, 1}}}});
  }
  WriteJsonFile(folder / "transforms.json", json);
}

class RunFolderTest : public ::testing::Test {
 protected:
  RunFolderTest() {
    WriteScene(folder_ / "scene");
    EnsureWritableFolder(folder_ / "run");
    RunFolder run =
        RunFolder::Create(folder_ / "run", folder_ / "scene", scene::LoadScene(folder_ / "scene", {}, Job()), Job());
    run.SetOptions({{"nerf", {{"iters", 7}}}}, {{"nerf.iters", "--iters"}});
    run.SetStage(Stage::kTrain, StageState::kInterrupted, 1.5);
    run.Save(Job());
  }
  TestFolder folder_;
};

TEST_F(RunFolderTest, RemembersOptionsAndStages) {
  const RunFolder run = RunFolder::Open(folder_ / "run");
  EXPECT_EQ(run.options()["nerf"]["iters"], 7);
  EXPECT_EQ(run.origins()["nerf.iters"], "--iters");
  EXPECT_EQ(run.StateOf(Stage::kTrain), StageState::kInterrupted);
  EXPECT_EQ(run.SecondsOf(Stage::kTrain), 1.5);
  EXPECT_EQ(run.StateOf(Stage::kEncode), StageState::kNone);
  EXPECT_EQ(run.record()["scene"]["path"], "../scene");
}

TEST_F(RunFolderTest, MovesTogetherWithItsScene) {
  fs::create_directory(folder_ / "elsewhere");
  fs::rename(folder_ / "scene", folder_ / "elsewhere" / "scene");
  fs::rename(folder_ / "run", folder_ / "elsewhere" / "run");
  EXPECT_EQ(RunFolder::Open(folder_ / "elsewhere" / "run").OpenScene(std::nullopt, Job()).views.size(), 4u);
}

TEST_F(RunFolderTest, FindsTheSceneWhereItWasWhenOnlyTheRunMoves) {
  fs::create_directories(folder_ / "a" / "b");
  fs::rename(folder_ / "run", folder_ / "a" / "b" / "run");
  EXPECT_EQ(RunFolder::Open(folder_ / "a" / "b" / "run").OpenScene(std::nullopt, Job()).views.size(), 4u);
}

TEST_F(RunFolderTest, AFolderThatIsNoSceneDoesNotHideIt) {
  fs::create_directories(folder_ / "a" / "scene" / "notes");  // where the relative path leads now
  fs::rename(folder_ / "run", folder_ / "a" / "run");
  EXPECT_EQ(RunFolder::Open(folder_ / "a" / "run").OpenScene(std::nullopt, Job()).views.size(), 4u);
}

TEST_F(RunFolderTest, FindsAFolderWhoseNameIsNoText) {
  const fs::path odd = folder_ / "sc\xffne";
  fs::rename(folder_ / "scene", odd);
  RunFolder::Open(folder_ / "run").OpenScene(odd, RunLock(folder_ / "run"), Job());
  EXPECT_EQ(RunFolder::Open(folder_ / "run").OpenScene(std::nullopt, Job()).root, odd);
  fs::rename(odd, folder_ / "scene");  // and back to a plain one
  RunFolder::Open(folder_ / "run").OpenScene(folder_ / "scene", RunLock(folder_ / "run"), Job());
  EXPECT_EQ(RunFolder::Open(folder_ / "run").OpenScene(std::nullopt, Job()).root, folder_ / "scene");
}

TEST_F(RunFolderTest, AsksOnceForASceneThatMoved) {
  fs::rename(folder_ / "scene", folder_ / "moved");
  RunFolder run = RunFolder::Open(folder_ / "run");
  EXPECT_THAT(ErrorTextOf<Error>([&] { run.OpenScene(std::nullopt, Job()); }), HasSubstr("--scene DIR"));
  // Who only reads uses the place; who writes to the run records it.
  const std::string before = ReadFile(folder_ / "run" / "run.json");
  EXPECT_EQ(run.OpenScene(folder_ / "moved", Job()).views.size(), 4u);
  EXPECT_EQ(ReadFile(folder_ / "run" / "run.json"), before);
  EXPECT_EQ(run.OpenScene(folder_ / "moved", RunLock(folder_ / "run"), Job()).views.size(), 4u);
  EXPECT_EQ(RunFolder::Open(folder_ / "run").OpenScene(std::nullopt, Job()).views.size(), 4u);
}

TEST_F(RunFolderTest, AnotherSceneInItsPlaceIsAnError) {
  WriteScene(folder_ / "scene", 0.8);
  RunFolder run = RunFolder::Open(folder_ / "run");
  EXPECT_THAT(ErrorTextOf<Error>([&] { run.OpenScene(std::nullopt, Job()); }),
              HasSubstr("the cameras of photo_0.png, photo_1.png, photo_2.png and 1 more are not those that"));
}

TEST_F(RunFolderTest, WhatChangedInTheSceneIsNamed) {
  const fs::path file = folder_ / "scene" / "transforms.json";
  const Json good = ReadJsonFile(file);
  const std::string run = (folder_ / "run").string();
  const auto why_with = [&](const Json& changed) {
    WriteJsonFile(file, changed);
    return ErrorTextOf<Error>([&] { RunFolder::Open(folder_ / "run").OpenScene(std::nullopt, Job()); });
  };
  Json changed = good;
  changed["frames"][2]["transform_matrix"][0][3] = 0.25;
  EXPECT_THAT(why_with(changed), HasSubstr("the camera of photo_2.png is not the one that " + run + " was trained on"));
  changed = good;
  changed["frames"].erase(1);
  EXPECT_THAT(why_with(changed), HasSubstr("1 photo is missing that " + run + " was trained on: photo_1.png"));
  changed = good;
  changed["frames"].push_back(good["frames"][0]);
  changed["frames"][4]["file_path"] = "photo_new.png";
  WritePng(folder_ / "scene" / "photo_new.png", ImageU8(16, 12, 3, 200));
  EXPECT_THAT(why_with(changed), HasSubstr("1 photo is there that " + run + " was not trained on: photo_new.png"));
  changed = good;
  changed["test_filenames"] = {"photo_2.png", "photo_3.png"};
  EXPECT_THAT(why_with(changed), HasSubstr("its format, or the choice of held-out photos, is not the one that"));
  EXPECT_EQ(why_with(good), "");

  // A run of an older version has no hashes of cameras.
  Json record = ReadJsonFile(folder_ / "run" / "run.json");
  ASSERT_EQ(record.erase("cameras"), 1u);
  WriteJsonFile(folder_ / "run" / "run.json", record);
  EXPECT_EQ(why_with(good), "");
  changed = good;
  changed["frames"][2]["transform_matrix"][0][3] = 0.25;
  EXPECT_THAT(why_with(changed), HasSubstr("its photos or cameras are not those that " + run));
}

TEST_F(RunFolderTest, OfSeveralColmapModelsTheOneThatItWasTrainedOnIsReadAgain) {
  const fs::path scene = folder_ / "models";
  for (const char* name : {"0.png", "1.png", "2.png"}) {
    EnsureWritableFolder(scene / "images");
    WritePng(scene / "images" / name, ImageU8(16, 12, 3, uint8_t(name[0])));
  }
  const auto write = [&](const std::string& model, const std::vector<int>& photos) {
    std::string images;
    for (const int i : photos) images += fmt::format("{0} 1 0 0 0 {0} 0 4 1 {0}.png\n\n", i);
    EnsureWritableFolder(scene / "sparse" / model);
    WriteFileAtomic(scene / "sparse" / model / "images.txt", images);
    WriteFileAtomic(scene / "sparse" / model / "cameras.txt", "1 SIMPLE_PINHOLE 16 12 20 8 6\n");
  };
  write("0", {0, 1});
  write("1", {0, 1, 2});
  EnsureWritableFolder(folder_ / "of_0");
  RunFolder run = RunFolder::Create(folder_ / "of_0", scene, scene::LoadScene(scene, {.model = 0}, Job()), Job());
  run.SetOptions({{"scene", {{"model", 0}}}}, Json::object());
  run.Save(Job());
  EXPECT_EQ(RunFolder::Open(folder_ / "of_0").OpenScene(std::nullopt, Job()).views.size(), 2u);
  run.SetOptions(Json::object(), Json::object());
  run.Save(Job());
  EXPECT_THAT(ErrorTextOf<Error>([&] { RunFolder::Open(folder_ / "of_0").OpenScene(std::nullopt, Job()); }),
              HasSubstr("1 photo is there that"));
}

// Another photo with as many bytes.
void FlipAByte(const fs::path& file) {
  std::string bytes = ReadFile(file);
  bytes[bytes.size() / 2] ^= 1;
  WriteFileAtomic(file, bytes);
}

TEST_F(RunFolderTest, AnotherPhotoOfTheSameSizeIsNamed) {
  const fs::path photo = folder_ / "scene" / "photo_2.png";
  const std::string bytes = ReadFile(photo);
  FlipAByte(photo);
  RunFolder run = RunFolder::Open(folder_ / "run");
  EXPECT_THAT(ErrorTextOf<Error>([&] { run.OpenScene(std::nullopt, Job()); }),
              HasSubstr("the photo photo_2.png is not the one that " + (folder_ / "run").string() + " was trained on"));
  WriteFileAtomic(photo, bytes);  // copied back: the same contents are the same photo
  EXPECT_EQ(RunFolder::Open(folder_ / "run").OpenScene(std::nullopt, Job()).views.size(), 4u);
}

TEST_F(RunFolderTest, ARunOfAnOlderVersionStaysValidAndLearnsItsPhotos) {
  const fs::path file = folder_ / "run" / "run.json";
  const Json now = ReadJsonFile(file);
  Json old = now;
  ASSERT_EQ(old.erase("photos"), 1u);
  WriteJsonFile(file, old);
  RunFolder run = RunFolder::Open(folder_ / "run");
  run.OpenScene(std::nullopt, Job());
  run.OpenScene(std::nullopt, RunLock(folder_ / "run"), Job());
  EXPECT_EQ(ReadJsonFile(file), old);  // looking writes nothing
  run.Save(Job());
  EXPECT_EQ(ReadJsonFile(file)["photos"], now["photos"]);
  FlipAByte(folder_ / "scene" / "photo_0.png");
  EXPECT_THAT(ErrorTextOf<Error>([&] { run.OpenScene(std::nullopt, Job()); }),
              HasSubstr("the photo photo_0.png is not"));
}

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

TEST_F(RunFolderTest, UnfinishedTrainingIsSaid) {
  const std::string text = ErrorTextOf<Error>([&] { RunFolder::Open(folder_ / "run").OpenNerf(); });
  EXPECT_THAT(text, HasSubstr("is not finished: its training is interrupted"));
  EXPECT_THAT(text, HasSubstr("--resume"));
}

TEST_F(RunFolderTest, CommandsInHintsCanBePasted) {
  fs::rename(folder_ / "run", folder_ / "my run");
  const RunFolder run = RunFolder::Open(folder_ / "my run");
  const std::string quoted = "'" + (folder_ / "my run").string() + "'";
  EXPECT_THAT(ErrorTextOf<Error>([&] { run.OpenNerf(); }), HasSubstr("sanerf train " + quoted + " --resume"));
  EXPECT_THAT(ErrorTextOf<Error>([&] { RunFolder::Open("no run"); }), HasSubstr("SCENE --out 'no run'"));
  WriteScene(folder_ / "my scene", 0.8);  // another one
  EXPECT_THAT(ErrorTextOf<Error>([&] { run.OpenScene(folder_ / "my scene", Job()); }),
              HasSubstr("sanerf train '" + (folder_ / "my scene").string() + "' --out NEW_RUN"));
}

TEST_F(RunFolderTest, BrokenOrNewerRunsAreErrors) {
  EXPECT_THAT(ErrorTextOf<Error>([&] { RunFolder::Open(folder_ / "none"); }), HasSubstr("no such folder"));
  EXPECT_THAT(ErrorTextOf<Error>([&] { RunFolder::Open(folder_ / "scene"); }), HasSubstr("not a run folder"));
  WriteFileAtomic(folder_ / "run" / "run.json", "{\"format\": 99}");
  EXPECT_THAT(ErrorTextOf<Error>([&] { RunFolder::Open(folder_ / "run"); }), HasSubstr("run format 99"));
  WriteFileAtomic(folder_ / "run" / "run.json", "{\"format\": 1}");
  EXPECT_THAT(ErrorTextOf<Error>([&] { RunFolder::Open(folder_ / "run"); }), HasSubstr("\"scene\" is missing"));
  WriteFileAtomic(folder_ / "run" / "run.json", "{");
  EXPECT_THAT(ErrorTextOf<Error>([&] { RunFolder::Open(folder_ / "run"); }), HasSubstr("run.json:1:2: broken JSON"));
}

TEST_F(RunFolderTest, AMissingRecordIsDistinguishedFromAFolderThatIsNoRun) {
  const auto error = [&] { return ErrorTextOf<Error>([&] { RunFolder::Open(folder_ / "run"); }); };
  fs::remove(folder_ / "run" / "run.json");
  EXPECT_THAT(error(), HasSubstr("not a run folder (it has no run.json)"));
  EnsureWritableFolder(folder_ / "run" / "nerf");
  WriteFileAtomic(folder_ / "run" / "nerf" / "model.ckpt", "weights");
  EXPECT_THAT(error(), HasSubstr("run.json: it is missing, though nerf/ of a run is there\nput it back"));
  EnsureWritableFolder(folder_ / "run" / "objects" / "mug");
  WriteFileAtomic(folder_ / "run" / "objects" / "mug" / "object.json", "{}");
  EXPECT_THAT(error(), HasSubstr("nerf/, objects/ of a run are there"));
  fs::create_directory(folder_ / "run" / "run.json");
  EXPECT_THAT(error(), HasSubstr("run.json: it is not a file"));
  fs::remove(folder_ / "run" / "run.json");
  ASSERT_EQ(mkfifo((folder_ / "run" / "run.json").c_str(), 0600), 0);
  EXPECT_THAT(error(), HasSubstr("run.json: it is a pipe, not a file\nput the run's own run.json in its place"));
  EXPECT_THAT(ErrorTextOf<Error>([&] { RunFolder::Open(folder_ / "scene" / "photo_0.png"); }),
              HasSubstr("not a run folder but a file"));
}

TEST_F(RunFolderTest, ValuesOfTheWrongKindAreErrorsWithTheirKey) {
  const std::string file = (folder_ / "run" / "run.json").string();
  const Json good = ReadJsonFile(file);
  const auto error_with = [&](const char* place, const Json& value) {
    Json json = good;
    json[Json::json_pointer(place)] = value;
    WriteJsonFile(file, json);
    return ErrorTextOf<Error>([&] { RunFolder::Open(folder_ / "run"); });
  };
  EXPECT_THAT(error_with("/scene", 5), StartsWith(file + ": scene: expected an object with \"hash\", found 5"));
  EXPECT_THAT(error_with("/scene/absolute_path", 5), StartsWith(file + ": scene.absolute_path: expected a string"));
  EXPECT_THAT(error_with("/options", "all"), StartsWith(file + ": options: expected an object"));
  EXPECT_THAT(error_with("/stages", Json::array()), StartsWith(file + ": stages: expected an object"));
  EXPECT_THAT(error_with("/stages/train/state", 1), StartsWith(file + ": stages.train.state: expected a string"));
  EXPECT_THAT(error_with("/stages/train/seconds", "long"), StartsWith(file + ": stages.train.seconds: expected a "));
  EXPECT_EQ(error_with("/sanerf", "0.0.1"), "");
  EXPECT_EQ(error_with("/stages/prune", {{"state", "complete"}}), "");  // of another version
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

TEST(ObjectNames, MustBeFolderNames) {
  EXPECT_NO_THROW(CheckObjectName("mug 2"));
  for (const char* name : {"", ".", "../x", "a/b", "-v", "a\nb", "a:b", "a ", " a"})
    EXPECT_THROW(CheckObjectName(name), UsageError) << name;
  EXPECT_THAT(
      ErrorTextOf<UsageError>([] { CheckObjectName("mug\xE2\x80\xAEgpj"); }),
      testing::StartsWith("'mug<U+202E>gpj' cannot be the name of an object: it has U+202E, which nobody sees"));
  EXPECT_THAT(ErrorTextOf<UsageError>([] { CheckObjectName("mug\x7f"); }),
              testing::StartsWith("'mug<U+007F>' cannot be the name of an object: it has U+007F, a control character"));
  EXPECT_THROW(CheckObjectName("\xC2\x9Bm"), UsageError);
  EXPECT_NO_THROW(CheckObjectName("Stra\xC3\x9F\x65"));
  EXPECT_EQ(scene::FlatName("train/a.b/000.png"), "train_a.b_000");
}

}  // namespace
}  // namespace sanerf::run
