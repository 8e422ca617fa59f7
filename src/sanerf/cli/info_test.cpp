// `sanerf info`.
#include "sanerf/cli/tiny_run_test_support.h"
#include "sanerf/core/image_io.h"
#include "sanerf/core/json.h"

namespace fs = std::filesystem;

namespace sanerf::cli {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class Info : public TinyRun {
 protected:
  Json Described(const std::string& path) const { return Json::parse(Succeeds({"info", path, "--json"}).out); }
};

TEST_F(Info, ListsTheHeldOutViewsOfSceneAndRun) {
  MakeRun();
  for (const char* path : {"scene", "run"})
    EXPECT_THAT(Succeeds({"info", path}).out,
                AllOf(HasSubstr("10 to train on, 2 held out"), HasSubstr("held out: test/000.png test/001.png"),
                      Not(HasSubstr("warning"))));
  EXPECT_THAT(Described("run")["scene"]["held_out"].get<std::vector<std::string>>(),
              ElementsAre("test/000.png", "test/001.png"));
  EXPECT_THAT(Succeeds({"info", "scene/"}).err, HasSubstr("next:  sanerf train scene/ --out scene_run\n"));
}

TEST_F(Info, SaysWhatWasFoundGuessedAndIsOdd) {
  MakeScene();
  const std::string text = Succeeds({"info", "scene"}).out;
  EXPECT_THAT(text, AllOf(HasSubstr("stand    around what they look at, over "), HasSubstr("memory   training takes "),
                          HasSubstr("masks    12 views have ground truth\n"), Not(HasSubstr("guessed"))));
  Json train = ReadJsonFile(folder_ / "scene/transforms_train.json");
  for (Json& frame : train["frames"]) {
    const std::string mask = "masks/" + fs::path(frame["file_path"].get<std::string>()).filename().string();
    fs::create_directories(folder_ / "scene/masks");
    WritePng(folder_ / "scene" / mask, ImageU8(48, 48, 1, 255));
    frame["mask_path"] = mask;
  }
  WriteJsonFile(folder_ / "scene/transforms_train.json", train);
  Json test = ReadJsonFile(folder_ / "scene/transforms_test.json");
  for (Json& frame : test["frames"]) frame.erase("mask_path");
  WriteJsonFile(folder_ / "scene/transforms_test.json", test);
  EXPECT_THAT(Succeeds({"info", "scene"}).out,
              AllOf(HasSubstr("masks    10 views have masks of what to ignore\n"),
                    HasSubstr("guessed  the 10 masks of black and white are taken to say what to ignore")));
  EXPECT_EQ(Described("scene")["masks_are"], "ignore");
  EXPECT_THAT(Succeeds({"info", "scene", "--masks-are", "object"}).out,
              AllOf(HasSubstr("masks    10 views have ground truth\n"), Not(HasSubstr("guessed"))));
  EXPECT_THAT(Fails(2, {"info", "scene", "--masks-are", "people"}), HasSubstr("--masks-are"));
}

TEST_F(Info, TheSheetShowsAllPhotosAndNamesTheBrokenOnes) {
  MakeScene();
  EXPECT_THAT(Succeeds({"info", "scene", "--sheet", "sheet.png"}).out, Not(HasSubstr("cannot be used")));
  const ImageU8 good = ReadImage(folder_ / "sheet.png");
  EXPECT_GT(good.width, 1000);
  EXPECT_GT(good.height, good.width / 2);
  const fs::path photo = folder_ / "scene/train/003.png";
  fs::resize_file(photo, fs::file_size(photo) / 2);
  WritePng(folder_ / "scene/train/004.png", ImageU8(48, 48, 3, 2));
  EXPECT_THAT(Succeeds({"info", "scene", "--sheet", "sheet.png"}).out,
              AllOf(HasSubstr("odd      1 photo cannot be used: cannot read"), HasSubstr("train/003.png"),
                    HasSubstr("train/004.png"), HasSubstr("-> ")));
  EXPECT_NE(ReadImage(folder_ / "sheet.png").data, good.data);
  EXPECT_THAT(Fails(2, {"info", "scene", "--sheet", "sheet.jpg"}), HasSubstr("PNG"));
}

TEST_F(Info, SaysWhichOptionsWereSetAndHow) {
  MakeRun();
  EXPECT_THAT(Succeeds({"info", "run"}).out, AllOf(HasSubstr("option   nerf.iters = 60  (--iters)\n"),
                                                   HasSubstr("option   nerf.log2_table = 14  (--set)\n")));
  EXPECT_EQ(Described("run")["changed_values"]["nerf.iters"], 60);
  EXPECT_EQ(Described("run")["changed_options"]["nerf.iters"], "--iters");
}

TEST_F(Info, OfManyHeldOutPhotosTheFirstAreNamed) {
  MakeScene();
  Json test = ReadJsonFile(folder_ / "scene/transforms_test.json");
  for (int i = 100; i < 143; ++i) {
    Json frame = test["frames"][0];
    frame["file_path"] = "test/" + std::to_string(i) + ".png";
    fs::copy_file(folder_ / "scene/test/000.png", folder_ / "scene" / frame["file_path"].get<std::string>());
    test["frames"].push_back(frame);
  }
  WriteJsonFile(folder_ / "scene/transforms_test.json", test);
  const std::string text = Succeeds({"info", "scene"}).out;
  EXPECT_THAT(text, AllOf(HasSubstr("test/137.png"), Not(HasSubstr("test/138.png")), HasSubstr("--json")));
  EXPECT_EQ(Described("scene")["held_out"].size(), 45u);
}

TEST_F(Info, ReadsTheColmapModelOfThatNumber) {
  MakeScene();
  fs::create_directories(folder_ / "photos");
  fs::rename(folder_ / "scene/train", folder_ / "photos/images");
  const auto write = [&](const std::string& model, const std::string& images) {
    fs::create_directories(folder_ / "photos/sparse" / model);
    WriteFileAtomic(folder_ / "photos/sparse" / model / "images.txt", images);
    WriteFileAtomic(folder_ / "photos/sparse" / model / "cameras.txt", "1 SIMPLE_PINHOLE 48 48 50 24 24\n");
  };
  write("0", "1 1 0 0 0 0 0 4 1 000.png\n\n2 1 0 0 0 1 0 4 1 001.png\n\n");
  write("3", "1 1 0 0 0 0 0 4 1 000.png\n\n2 1 0 0 0 1 0 4 1 001.png\n\n3 1 0 0 0 2 0 4 1 002.png\n\n");
  const Json scene = Described("photos");
  EXPECT_THAT(scene["summary"].get<std::string>(), HasSubstr("COLMAP sparse/3 (text)"));
  EXPECT_THAT(scene["warnings"][0].get<std::string>(), HasSubstr("read is sparse/3 with 3 photos"));
  EXPECT_THAT(Succeeds({"info", "photos", "--model", "0"}).out, HasSubstr("COLMAP sparse/0 (text)"));
  EXPECT_THAT(Fails(2, {"info", "photos", "--model", "1"}), HasSubstr("there is no COLMAP model 1 in"));
}

TEST_F(Info, ComparesTheCamerasOfTwoScenes) {
  MakeRun();
  Json train = ReadJsonFile(folder_ / "scene/transforms_train.json");
  fs::create_directories(folder_ / "moved");
  for (Json& frame : train["frames"]) {
    fs::create_directories(folder_ / "moved/train");
    fs::copy_file(folder_ / "scene" / frame["file_path"].get<std::string>(),
                  folder_ / "moved" / frame["file_path"].get<std::string>());
    frame.erase("mask_path");
    frame["transform_matrix"][0][3] = frame["transform_matrix"][0][3].get<double>() + 1.5;  // all along x
  }
  WriteJsonFile(folder_ / "moved/transforms.json", train);
  const Json against = Json::parse(Succeeds({"info", "moved", "--against", "scene", "--json"}).out)["against"];
  EXPECT_EQ(against["photos"], 10);
  EXPECT_LT(against["max_distance"].get<double>(), 1e-6);
  EXPECT_LT(against["max_degrees"].get<double>(), 1e-3);
  EXPECT_THAT(Succeeds({"info", "moved", "--against", "scene"}).out, HasSubstr("against  10 photos of the same name"));
  EXPECT_THAT(Fails(2, {"info", "moved", "--against", "run"}),
              HasSubstr("--against compares the cameras of two scenes"));
}

TEST_F(Info, SaysWhatHasBecomeOfTheSceneOfARun) {
  MakeRun();
  const fs::path photo = folder_ / "scene/train/003.png";
  const std::string bytes = ReadFile(photo);
  std::string other = bytes;
  other[other.size() / 2] ^= 1;
  WriteFileAtomic(photo, other);
  EXPECT_THAT(Succeeds({"info", "run"}).out, HasSubstr("warning  the scene in "));
  EXPECT_THAT(Described("run")["scene"]["problem"].get<std::string>(),
              HasSubstr("the photo train/003.png is not the one that run was trained on"));
  WriteFileAtomic(photo, bytes);
  EXPECT_FALSE(Described("run")["scene"].contains("problem"));

  const fs::path cameras = folder_ / "scene/transforms_train.json";
  Json transforms = ReadJsonFile(cameras);
  transforms["frames"][2]["transform_matrix"][0][3] = 7.0;
  WriteJsonFile(cameras, transforms);
  EXPECT_THAT(Described("run")["scene"]["problem"].get<std::string>(),
              HasSubstr("the camera of train/002.png is not the one that run was trained on"));

  fs::rename(folder_ / "scene", folder_ / "moved");
  EXPECT_THAT(Described("run")["scene"]["problem"].get<std::string>(), HasSubstr("is gone"));
  EXPECT_THAT(Succeeds({"info", "run"}).out, HasSubstr("--scene DIR"));
}

TEST_F(Info, TrainRecordsWhereTheSceneIsNow) {
  MakeRun();
  fs::rename(folder_ / "scene", folder_ / "moved");
  EXPECT_THAT(Fails(1, {"train", "run"}), HasSubstr("--scene DIR"));
  Succeeds({"train", "run", "--scene", "moved"});
  EXPECT_FALSE(Described("run")["scene"].contains("problem"));
}

TEST_F(Info, ARecordWithAValueOfTheWrongKindIsNamed) {
  MakeRun();
  const Json good = ReadJsonFile(folder_ / "run/run.json");
  for (const char* key : {"/sanerf", "/scene/summary", "/stages/train/when", "/stages/train/fingerprint"}) {
    Json bad = good;
    bad[Json::json_pointer(key)] = 7;
    WriteJsonFile(folder_ / "run/run.json", bad);
    EXPECT_THAT(Fails(1, {"info", "run"}), AllOf(HasSubstr("run.json: "), HasSubstr("expected a string"))) << key;
  }
}

TEST_F(Info, SaysWhatIsUnfinishedOrLost) {
  MakeRun();
  fs::create_directories(folder_ / "run/objects/lost/masks");
  EXPECT_THAT(Succeeds({"info", "run"}).out, HasSubstr("warning  lost: object.json is missing"));
  fs::remove(folder_ / "run/nerf/model.ckpt");
  EXPECT_THAT(Succeeds({"info", "run"}).err, HasSubstr("next:  sanerf train run\n"));
  Json record = ReadJsonFile(folder_ / "run/run.json");
  record["stages"]["train"]["state"] = "interrupted";
  WriteJsonFile(folder_ / "run/run.json", record);
  EXPECT_THAT(Succeeds({"info", "run"}).err, HasSubstr("next:  sanerf train run\n"));
}

TEST_F(Info, TheFolderOfALostObjectIsNamedWhereTheObjectIsAskedFor) {
  MakeRun();
  fs::create_directories(folder_ / "run/objects/lost/masks");
  EXPECT_THAT(Fails(1, {"render", "run", "--object", "lost"}), HasSubstr("objects/lost/object.json: it is missing"));
}

TEST_F(Info, OfAMovedRunShowsWhereTheSceneIs) {
  MakeScene();
  fs::rename(folder_ / "scene", folder_ / "sc\xff");  // no UTF-8
  Arguments train = Train("run");
  train[1] = "sc\xff";
  Succeeds(train);
  EXPECT_THAT(Succeeds({"info", "run"}).out, HasSubstr("/sc\xff\n"));
  EXPECT_THAT(Fails(2, {"train", "run", "--out", "other"}), HasSubstr("/sc\xff' --out other"));
  fs::create_directory(folder_ / "moved");
  fs::rename(folder_ / "sc\xff", folder_ / "moved/sc\xff");
  fs::rename(folder_ / "run", folder_ / "moved/run");
  EXPECT_THAT(Succeeds({"info", "moved/run"}).out, HasSubstr("/moved/sc\xff\n"));
  EXPECT_THAT(Fails(2, {"train", "moved/run", "--out", "other"}), HasSubstr("/moved/sc\xff' --out other"));
}

TEST_F(Info, WhatARecordCannotKnowIsNotBelieved) {
  MakeRun();
  Json record = ReadJsonFile(folder_ / "run/run.json");
  record["scene"]["problem"] = 7;
  record["stages"]["train"]["seconds"] = 1e300;
  WriteJsonFile(folder_ / "run/run.json", record);
  EXPECT_THAT(Succeeds({"info", "run"}).out, AllOf(HasSubstr("train    complete  ?  "), Not(HasSubstr("warning"))));
}

}  // namespace
}  // namespace sanerf::cli
