// Wrong input to the whole program: one clear sentence, the right exit code, and nothing half-written.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>
#include <sstream>

#include "sanerf/cli/tiny_run_test_support.h"
#include "sanerf/core/disk_test_support.h"
#include "sanerf/core/image_io.h"
#include "sanerf/core/jpeg_codec.h"
#include "sanerf/core/json.h"

namespace fs = std::filesystem;

namespace sanerf::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class BadInput : public TinyRun {
 protected:
  void CutInHalf(const fs::path& file) const {
    const std::string bytes = ReadFile(folder_.path() / file);
    WriteFileAtomic(folder_.path() / file, bytes.substr(0, bytes.size() / 2));
  }
};

TEST_F(BadInput, BrokenJsonIsSaidWithFileAndPosition) {
  MakeScene();
  fs::create_directories(folder_ / "broken");
  fs::create_directories(folder_ / "run");
  WriteFileAtomic(folder_ / "broken" / "transforms.json", "{\n  \"frames\": [ }\n");
  WriteFileAtomic(folder_ / "run" / "run.json", "{\"format\": 1,\n nonsense");
  WriteFileAtomic(folder_ / "config.json", "{\"nerf\": {\"iters\": 5,}}");
  WriteFileAtomic(folder_ / "prompts.json", "{\"objects\": [}");
  const auto before = Snapshot(folder_.path());

  EXPECT_THAT(Fails(1, {"train", "broken", "--out", "new"}), HasSubstr("broken/transforms.json:2:15: broken JSON: "));
  EXPECT_THAT(Fails(1, {"info", "broken"}), HasSubstr("broken/transforms.json:2:15: broken JSON: "));
  EXPECT_THAT(Fails(1, Train("new") + Arguments{"--config", "config.json"}),
              StartsWith("error: config.json:1:22: broken JSON: "));
  EXPECT_THAT(Fails(1, {"segment", "run", "--prompts", "prompts.json"}),
              StartsWith("error: prompts.json:1:14: broken JSON: "));
  for (const Arguments& command : {Arguments{"info", "run"},
                                   {"train", "run"},
                                   {"train", "scene", "--out", "run"},
                                   {"encode", "run"},
                                   {"render", "run"},
                                   {"eval", "run"},
                                   {"compare", "run"},
                                   {"segment", "run", "--name", "mug", "--point", "0,0,0"}}) {
    EXPECT_THAT(Fails(1, command), StartsWith("error: run/run.json:2:3: broken JSON: ")) << command[0];
  }
  EXPECT_EQ(Snapshot(folder_.path()), before);
}

TEST_F(BadInput, ATrainingThatCannotBeginLeavesNothing) {
  MakeScene();
  WriteFileAtomic(folder_ / "file", "x");
  const auto scene = Snapshot(folder_.path());
  const std::string transforms = ReadFile(folder_ / "scene" / "transforms_train.json");
  const auto with_transforms = [&](const std::function<void(Json&)>& change) {
    Json json = Json::parse(transforms);
    change(json);
    WriteFileAtomic(folder_ / "scene" / "transforms_train.json", json.dump());
    const std::string error = Fails(1, Train("run"));
    WriteFileAtomic(folder_ / "scene" / "transforms_train.json", transforms);
    return error;
  };
  EXPECT_THAT(with_transforms([](Json& json) { json["frames"][3]["transform_matrix"][0][0] = nullptr; }),
              HasSubstr("transforms_train.json: frames[3].transform_matrix[0][0]: expected a number"));
  EXPECT_THAT(with_transforms([](Json& json) {
                for (int row = 0; row < 3; ++row) json["frames"][3]["transform_matrix"][row][0] = 0;
              }),
              HasSubstr("transforms_train.json: frames[3].transform_matrix (train/003.png): the pose is singular"));
  EXPECT_THAT(with_transforms([](Json& json) {
                for (const char* key : {"camera_angle_x", "camera_angle_y", "fl_x", "fl_y"}) json.erase(key);
              }),
              HasSubstr("transforms_train.json: frames[0]: no intrinsics"));
  EXPECT_THAT(Fails(1, Train("file/run")), AllOf(HasSubstr("file/run"), HasSubstr("is a file, not a folder")));
  EXPECT_THAT(Fails(2, Train("run") + Arguments{"--set", "nerf.loss=l7"}),
              HasSubstr("nerf.loss=l7: expected huber or mse"));

  // Photos are read when everything else is in order.
  for (const char* photo : {"scene/train/004.png", "scene/test/001.png", "scene/test/000.png"}) {
    const std::string png = ReadFile(folder_ / photo);
    for (const std::string& bytes : {png, EncodeJpeg(ReadImage(folder_ / photo))}) {
      WriteFileAtomic(folder_ / photo, bytes.substr(0, bytes.size() / 2));
      EXPECT_THAT(Fails(1, Train("run")),
                  AllOf(StartsWith("error: cannot read image "), HasSubstr(photo), HasSubstr("truncated")));
    }
    WriteFileAtomic(folder_ / photo, png);
  }
  EXPECT_EQ(Snapshot(folder_.path()), scene);
  Succeeds(Train("run"));  // no trace of the refused options
}

TEST_F(BadInput, ARefusedRestartKeepsTheEarlierTraining) {
  MakeRun();
  const auto before = Snapshot(folder_ / "run");
  EXPECT_THAT(Fails(2, Train("run") + Arguments{"--restart", "--set", "nerf.loss=l7"}),
              HasSubstr("expected huber or mse"));
  EXPECT_EQ(Snapshot(folder_ / "run"), before);
  Succeeds(Train("run") + Arguments{"--restart", "--set", "nerf.loss=mse"});
  EXPECT_NE(Snapshot(folder_ / "run").at("nerf/model.ckpt"), before.at("nerf/model.ckpt"));
}

TEST_F(BadInput, TheRunOfAnotherSceneIsNotOfferedToBeReplaced) {
  MakeRun();
  fs::copy(folder_ / "scene", folder_ / "other", fs::copy_options::recursive);
  for (const char* scene : {"other", "scene"}) {
    const fs::path photo = folder_ / scene / "train/003.png";
    std::string bytes = ReadFile(photo);
    bytes[bytes.size() / 2] ^= 1;
    WriteFileAtomic(photo, bytes);
    Arguments train = Train("run");
    train[1] = scene;
    const std::string error = Fails(1, train);
    EXPECT_THAT(error, HasSubstr("run belongs to another scene"));
    if (scene == std::string("scene")) {  // the same that has changed
      EXPECT_THAT(error, HasSubstr("start over with --restart"));
    } else {
      EXPECT_THAT(error, AllOf(HasSubstr("choose another --out: this run is of "), HasSubstr("/scene\n"),
                               Not(HasSubstr("--restart"))));
    }
  }
}

TEST_F(BadInput, ARunWithoutItsRecordIsNotTakenForAScene) {
  MakeRun();
  fs::remove(folder_ / "run/run.json");
  for (const Arguments& arguments : {Arguments{"train", "run"}, {"train", "run", "--resume"}, {"info", "run"}})
    EXPECT_THAT(Fails(1, arguments), HasSubstr("run/run.json: it is missing"));
}

TEST_F(BadInput, TheAdviceToTrainLongerKeepsTheOptions) {
  MakeScene();
  Arguments train = Train("run");
  train[5] = "1";  // --iters
  EXPECT_THAT(Succeeds(train).err,
              AllOf(HasSubstr("then: sanerf train scene --out run --restart "), HasSubstr("--set nerf.iters=2"),
                    HasSubstr("--set nerf.log2_table=14"), HasSubstr("--set nerf.near_gradients=0")));
}

TEST_F(BadInput, PromptsThatMissAreReportedAndNoObjectIsBegun) {
  MakeRun();
  const auto before = Snapshot(folder_ / "run");
  EXPECT_EQ(Fails(2, Segment({"--click", "train/0001:5,5"})),
            "error: unknown view 'train/0001': none of the 12 images has that name\n"
            "hint: did you mean 'train/000', 'train/001' or 'train/002'?\n");
  EXPECT_EQ(Fails(2, Segment({"--click", "train/001:48,5"})),
            "error: point (48,5) in view train/001.png is outside the image: the image has 48x48 pixels\n"
            "hint: x goes from 0 to 47, y from 0 to 47\n");
  EXPECT_THAT(Fails(2, Segment({"--box", "train/001:50,5,60,20"})), HasSubstr("in view train/001.png is outside"));
  EXPECT_EQ(Snapshot(folder_ / "run"), before);

  // These need encoded views; what is encoded stays.
  EXPECT_THAT(Fails(1, Segment({"--click", "train/001:12,0"})),
              AllOf(StartsWith("error: point (12,0) in view train/001.png hits no surface (opacity 0."),
                    HasSubstr("\nhint: click away from the outline"), HasSubstr("--views train/001.png")));
  EXPECT_THAT(Fails(1, Segment({"--point", "0,0,40"})),
              StartsWith("error: object 'mug': none of 10 views gives a mask: 10 without a visible positive point\n"));
  EXPECT_FALSE(fs::exists(folder_ / "run" / "objects"));
  EXPECT_THAT(Fails(2, {"render", "run", "--views", "train/0001"}), HasSubstr("did you mean 'train/000'"));
  EXPECT_FALSE(fs::exists(folder_ / "run" / "renders"));
}

TEST_F(BadInput, WrongAndTruncatedModelsAndCheckpointsAreNamed) {
  MakeRun();
  EXPECT_EQ(Fails(2, {"encode", "run", "--model", "minisan"})
                .rfind("error: there is no model \"minisan\": did you mean "
                       "minisam?\n",
                       0),
            0u);
  const auto encode = [&](const std::string& encoder, const std::string& decoder) {
    return Fails(1, {"encode", "run", "--model", encoder + "," + decoder});
  };
  EXPECT_THAT(encode("none.onnx", "decoder.onnx"), HasSubstr("none.onnx cannot be read: there is no such file"));
  EXPECT_THAT(encode("encoder.onnx", "encoder.onnx"), AllOf(HasSubstr("encoder.onnx"), HasSubstr("no mask decoder")));
  EXPECT_THAT(encode("encoder.onnx", "run/nerf/model.ckpt"), HasSubstr("cannot load the model run/nerf/model.ckpt"));
  CutInHalf("decoder.onnx");
  EXPECT_THAT(encode("encoder.onnx", "decoder.onnx"), HasSubstr("decoder.onnx"));
  EXPECT_FALSE(fs::exists(folder_ / "run" / "features"));

  CutInHalf("run/nerf/model.ckpt");
  for (const Arguments& command : {Arguments{"render", "run"},
                                   {"eval", "run"},
                                   {"encode", "run", "--model", "minisam"},
                                   {"segment", "run", "--name", "mug", "--click", "train/001:20,20"}}) {
    EXPECT_THAT(Fails(1, command), StartsWith("error: run/nerf/model.ckpt: truncated checkpoint: ")) << command[0];
  }
  EXPECT_FALSE(fs::exists(folder_ / "run" / "renders"));
  EXPECT_FALSE(fs::exists(folder_ / "run" / "metrics.json"));
}

TEST_F(BadInput, AFeatureFieldIsMadeOnceAndSegmentSaysWhenThereIsNone) {
  MakeRun();
  const Arguments prompt = {"--box", "train/001:0,0,48,48"};
  const Arguments from_field = {"--set", "encode.container=field"};
  EXPECT_EQ(Fails(1, Segment(prompt) + from_field + Arguments{"-q"}),
            "error: run/features: no feature field here: field.ckpt is missing\n"
            "hint: run: sanerf encode run --container field\n");
  EXPECT_THAT(Fails(2, {"encode", "run", "--container", "feild", "--model", "encoder.onnx,decoder.onnx"}),
              HasSubstr("--container feild: expected cache or field"));

  const Arguments encode = {"encode",
                            "run",
                            "--json",
                            "--model",
                            "encoder.onnx,decoder.onnx",
                            "--set",
                            "encode.size=64",
                            "--set",
                            "field.iters=20",
                            "--set",
                            "field.rays=256",
                            "--set",
                            "field.log2_table=10",
                            "--set",
                            "field.width=32"};
  const ProgramResult distilled = Succeeds(encode + Arguments{"--container", "field"});
  EXPECT_THAT(distilled.err, HasSubstr("a training of minutes; stopped, it starts over"));
  const Json made = Json::parse(distilled.out);
  EXPECT_EQ(made["container"], "field");
  EXPECT_EQ(made["views"], 10);
  // Its error is that of the last step, and smaller than at the beginning.
  std::vector<double> errors;
  std::istringstream log(ReadFile(folder_ / "run" / "features" / "field.log.jsonl"));
  for (std::string line; std::getline(log, line);) errors.push_back(Json::parse(line)["loss"].get<double>());
  ASSERT_EQ(errors.size(), 20u);
  EXPECT_EQ(made["field_error"], errors.back());
  EXPECT_LT(std::accumulate(errors.end() - 5, errors.end(), 0.0),
            std::accumulate(errors.begin(), errors.begin() + 5, 0.0));
  const std::string field = ReadFile(folder_ / "run" / "features" / "field.ckpt");
  EXPECT_EQ(Json::parse(Succeeds({"encode", "run", "--json"}).out)["field_error"], made["field_error"]);  // as recorded

  // Segmenting needs nothing but the field: no view is encoded again.
  for (const auto& file : fs::directory_iterator(folder_ / "run" / "features"))
    if (file.path().filename() != "field.ckpt") fs::remove(file);
  Succeeds(Segment(prompt) + Arguments{"--set", "segment.rounds=2"});
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_ / "run" / "features"), fs::directory_iterator()), 1);

  // The run knows with what it was segmented, and its encoding stays what it was.
  const Json record = Json::parse(ReadFile(folder_ / "run" / "run.json"));
  EXPECT_EQ(record["options"]["segment"]["rounds"], 2);
  EXPECT_EQ(record["options"]["object"]["iters"], 2);
  EXPECT_EQ(record["origins"]["segment.rounds"], "--set");
  EXPECT_EQ(record["stages"]["encode"]["container"], "field");
  EXPECT_EQ(record["stages"]["encode"]["views"], 10);

  Succeeds(Train("run") + Arguments{"--restart", "--seed", "5"});
  EXPECT_THAT(Fails(1, Segment(prompt) + from_field),
              AllOf(HasSubstr("field.ckpt: the feature field is out of date: the radiance field has changed since"),
                    HasSubstr("hint: run: sanerf encode run --container field")));
  EXPECT_EQ(ReadFile(folder_ / "run" / "features" / "field.ckpt"), field);
}

TEST_F(BadInput, ARunInTheSceneSPlaceIsToldFromIt) {
  MakeRun();
  EXPECT_THAT(Fails(2, {"train", "run", "--out", "another"}),
              AllOf(StartsWith("error: run is a run folder, not a scene\nhint: continue it: sanerf train run; or "),
                    HasSubstr((folder_ / "scene").filename().string() + " --out another")));
  EXPECT_FALSE(fs::exists(folder_ / "another"));
}

TEST_F(BadInput, HeldOutPhotosAreNotClickedIn) {
  MakeRun();
  EXPECT_THAT(Fails(2, Segment({"--click", "test/000:24,24"})),
              AllOf(StartsWith("error: point (24,24) in view test/000.png is in a held-out photo"),
                    HasSubstr("hint: take train/"), HasSubstr("--test-every 0")));
  EXPECT_THAT(Fails(2, Segment({"--box", "test/001:0,0,48,48"})), HasSubstr("test/001.png is in a held-out photo"));
  WriteFileAtomic(folder_ / "prompts.json",
                  R"({"objects": [{"name": "mug", "clicks": [{"view": "test/000", "xy": [24, 24]}]}]})");
  EXPECT_THAT(Fails(2, {"segment", "run", "--prompts", "prompts.json"}), HasSubstr("is in a held-out photo"));
  EXPECT_FALSE(fs::exists(folder_ / "run" / "features"));
}

TEST_F(BadInput, AFailedSegmentationRecordsOnlyHowViewsWereEncoded) {
  MakeRun();
  const auto record = [&] { return Json::parse(ReadFile(folder_ / "run" / "run.json")); };
  const Json before = record();
  // In no view.
  Fails(1, Segment({"--point", "0,0,50", "--set", "segment.rounds=3"}));
  const Json after = record();
  EXPECT_EQ(after["options"]["encode"]["size"], 64);
  EXPECT_EQ(after["origins"]["encode.size"], "--set");
  EXPECT_EQ(after["stages"]["encode"]["views"], 10);
  for (const char* stage : {"nerf", "segment", "object"})
    EXPECT_EQ(after["options"][stage], before["options"][stage]) << stage;
  EXPECT_EQ(after["origins"]["nerf.iters"], "--iters");
  EXPECT_FALSE(after["origins"].contains("segment.rounds"));
  EXPECT_FALSE(after["origins"].contains("object.iters"));
}

TEST_F(BadInput, MasksOfAnotherSizeAndTruncatedObjectsAreNamed) {
  MakeRunWithMug(2);
  fs::create_directory(folder_ / "masks");
  WritePng(folder_ / "masks" / "001.png", ImageU8(24, 20, 1, 255));
  EXPECT_EQ(Fails(1, {"eval", "run", "--object", "mug", "--masks", "masks", "-q"}),
            "error: masks/001.png: the mask is 24x20 pixels, the photo 48x48\n");
  WritePng(folder_ / "scene" / "test_mask" / "001.png", ImageU8(24, 20, 1, 255));
  EXPECT_THAT(Fails(1, {"eval", "run", "-q"}),
              HasSubstr("scene/test_mask/001.png: the mask is 24x20 but its image is 48x48"));
  EXPECT_FALSE(fs::exists(folder_ / "run" / "metrics.json"));
  EXPECT_FALSE(fs::exists(folder_ / "run" / "objects" / "mug" / "metrics.json"));

  CutInHalf("run/objects/mug/object.ckpt");
  EXPECT_THAT(Fails(1, {"render", "run", "--object", "mug"}),
              StartsWith("error: run/objects/mug/object.ckpt: truncated checkpoint: "));
  EXPECT_FALSE(fs::exists(folder_ / "run" / "renders"));
  CutInHalf("run/objects/mug/object.json");
  EXPECT_THAT(Fails(1, {"info", "run"}), AllOf(StartsWith("error: run/objects/mug/object.json:"), HasSubstr("broken")));
}

TEST_F(BadInput, MasksOfAnotherSizeThanTheViewsAreNotAddedTo) {
  Succeeds({"synth", "scene", "--views", "10", "--size", "96", "--set", "synth.samples=1"});
  Succeeds(Train("run"));
  onnx_test::WriteSmallSam(folder_.path());
  Succeeds(Segment({"--box", "train/001:0,0,96,96"}));
  const auto before = Snapshot(folder_ / "run");
  EXPECT_THAT(Fails(1, Segment({"--box", "train/002:0,0,96,96", "--add", "--set", "encode.size=96"})),
              AllOf(StartsWith("error: the mask of mug in train/0"),
                    HasSubstr("it is 64x64 pixels, the encoded view 96x96\nhint: segment all objects again")));
  EXPECT_EQ(Snapshot(folder_ / "run"), before);  // nothing is encoded at the other size
}

TEST_F(BadInput, PlacesThatCannotBeWrittenAreNamed) {
  MakeRun();
  WriteFileAtomic(folder_ / "file", "x");
  const auto before = Snapshot(folder_.path());
  EXPECT_THAT(Fails(1, {"render", "run", "--out", "file/pictures"}),
              AllOf(StartsWith("error: cannot create folder file/pictures: "), HasSubstr("is a file, not a folder")));
  EXPECT_THAT(Fails(1, {"synth", "file/scene"}), HasSubstr("cannot create folder"));
  EXPECT_THAT(Fails(2, {"synth", "new", "--views", "1"}), HasSubstr("expected an integer from 2 to 1000"));
  EXPECT_THAT(Fails(1, {"synth", "run"}), HasSubstr("the folder would be replaced, and with it the run"));
  EXPECT_EQ(Snapshot(folder_.path()), before);
  if (geteuid() == 0) return;  // root may write anywhere
  fs::permissions(folder_ / "run", fs::perms::owner_read | fs::perms::owner_exec);
  EXPECT_THAT(Fails(1, {"render", "run"}),
              StartsWith("error: cannot create folder run/renders/scene: Permission denied"));
  EXPECT_THAT(Fails(1, {"encode", "run"}), HasSubstr("Permission denied"));
  fs::permissions(folder_ / "run", fs::perms::owner_all);
}

class FullDisk : public BadInput {};

TEST_F(FullDisk, OfAScene) {
  const TestDisk disk(128);
  if (!disk.why_not().empty()) GTEST_SKIP() << disk.why_not();
  EXPECT_THAT(Fails(1, {"synth", (disk / "scene").string(), "--views", "40", "--size", "64", "-q"}),
              HasSubstr("No space left on device\nhint: free some space"));
  EXPECT_TRUE(fs::is_empty(disk / ""));
}

TEST_F(FullDisk, OfATraining) {
  MakeScene();
  const TestDisk disk(1024);
  if (!disk.why_not().empty()) GTEST_SKIP() << disk.why_not();
  EXPECT_THAT(Fails(1, Train((disk / "run").string())),
              StartsWith("error: cannot write " + (disk / "run/nerf/model.ckpt").string() +
                         ": No space left on device\nhint: free some space"));
  std::vector<std::string> files;
  for (const auto& [name, contents] : Snapshot(disk / "run")) files.push_back(name);
  EXPECT_THAT(files, testing::ElementsAre(".lock", "nerf/log.jsonl", "run.json"));  // no piece of a checkpoint

  disk.LeaveFree(0);
  EXPECT_THAT(Fails(1, Train((disk / "second").string())),
              HasSubstr("cannot write to folder " + (disk / "second/nerf").string() + ": No space left on device"));
  EXPECT_FALSE(fs::exists(disk / "second"));
}

TEST_F(FullDisk, OfAnObjectKeepsTheEarlierOne) {
  const TestDisk disk(16 << 10);
  if (!disk.why_not().empty()) GTEST_SKIP() << disk.why_not();
  const std::string run = (disk / "run").string();
  MakeScene();
  Succeeds(Train(run));
  onnx_test::WriteSmallSam(folder_.path());
  Succeeds(Segment({"--box", "train/001:0,0,48,48"}, run));
  const auto before = Snapshot(disk / "run/objects");
  ASSERT_GT(before.size(), 5u);
  disk.LeaveFree(32 << 10);
  EXPECT_THAT(Fails(1, Segment({"--box", "train/002:0,0,48,48"}, run) + Arguments{"-q"}),
              HasSubstr("/object.ckpt: No space left on device\nhint: free some space"));
  EXPECT_EQ(Snapshot(disk / "run/objects"), before);
}

}  // namespace
}  // namespace sanerf::cli
