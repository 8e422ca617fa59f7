#include "sanerf/run/run_folder.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/stat.h>

#include "sanerf/core/error.h"
#include "sanerf/run/run_folder_test_support.h"
#include "sanerf/run/run_lock.h"

namespace fs = std::filesystem;

namespace sanerf::run {
namespace {

using ::testing::HasSubstr;

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

}  // namespace
}  // namespace sanerf::run
