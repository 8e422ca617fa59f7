#include "sanerf/pipeline/export_stage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "sanerf/core/disk_test_support.h"
#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/image_io.h"
#include "sanerf/core/json.h"
#include "sanerf/core/made_once_test_support.h"
#include "sanerf/export/fake_ffmpeg_test_support.h"
#include "sanerf/mask_aggregator/object_trainer.h"
#include "sanerf/nerf/quick_field_test_support.h"
#include "sanerf/pipeline/render_stage.h"
#include "sanerf/run/object_store.h"
#include "sanerf/run/run_lock.h"
#include "sanerf/scene/view_mask_test_support.h"

namespace fs = std::filesystem;

namespace sanerf::pipeline {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

// A run with box and ball, which share a field, and cup, which has its own.
class ExportStageTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TestFolder;
    CopyOfWhatIsMadeOnce(*folder_, "exported_run", MakeRun);
    Json record = ReadJsonFile(Run() / "run.json");  // which remembers where the scene was that it was made of
    record["scene"]["absolute_path"] = fs::canonical(*folder_ / "scene").string();
    WriteJsonFile(Run() / "run.json", record);
  }
  static void MakeRun(const fs::path& place) {
    const TestFolder quick;
    nerf::TrainQuickField(quick, 16);
    fs::copy(quick / "scene", place / "scene", fs::copy_options::recursive);
    const scene::Scene scene = scene::LoadScene(place / "scene", {}, Job());
    fs::create_directories(place / "run" / "nerf");
    run::RunFolder run = run::RunFolder::Create(place / "run", place / "scene", scene, Job());
    fs::copy_file(quick / "nerf.ckpt", run.checkpoint());
    WriteFileAtomic(run.nerf_log(), "");
    run.SetStage(run::Stage::kTrain, run::StageState::kComplete, 1);
    run.Save(Job());
    const nerf::NerfModel nerf = run.OpenNerf();
    Store(run, scene, nerf, {"box", "ball"}, {2, 3});
    Store(run, scene, nerf, {"cup"}, {1});
  }
  static void TearDownTestSuite() { delete folder_; }
  void TearDown() override { fs::remove_all(Run() / "exports"); }

  static void Store(const run::RunFolder& run, const scene::Scene& scene, const nerf::NerfModel& nerf,
                    const std::vector<std::string>& names, const std::vector<int>& instances) {
    std::vector<mask_aggregator::LabelView> views;
    for (const int v : scene.TrainViews()) {
      views.push_back({scene.views[size_t(v)].camera, scene::LoadViewMask(scene.views[size_t(v)])});
      for (uint8_t& id : views.back().labels.data) {
        const auto found = std::find(instances.begin(), instances.end(), int(id));
        id = found == instances.end() ? 0 : uint8_t(found - instances.begin() + 1);
      }
    }
    mask_aggregator::AggregatorOptions options;
    options.iters = 100;
    options.rays = 512;
    options.pool_rays = 1 << 14;
    options.field.log2_table = 12;
    options.field.top = 128;
    const auto field = mask_aggregator::TrainObjectModel(nerf, views, int(names.size()) + 1, options, nullptr, Job());
    mask_decoder::Prompts prompts;
    std::vector<mask_decoder::DecodedObject> decoded;
    for (const std::string& name : names) {
      mask_decoder::ObjectPrompt prompt;
      prompt.name = name;
      prompt.clicks.push_back({scene.views[size_t(scene.TrainViews()[0])].name, {3, 4}, 1});
      prompts.objects.push_back(prompt);
      mask_decoder::DecodedObject object;
      object.name = name;
      mask_decoder::ViewDecision view;
      view.view_idx = scene.TrainViews()[0];
      view.view = scene.views[size_t(view.view_idx)].name;
      view.used = true;
      view.outcome = mask_decoder::Outcome::kUsed;
      view.mask = ImageU8(8, 8, 1);
      object.views.push_back(view);
      decoded.push_back(object);
    }
    const run::RunLock lock(run.path());
    run::StoreObjects(run, {prompts, decoded, field, run.nerf_log(), nerf.Fingerprint()}, Job());
  }

  static fs::path Run() { return *folder_ / "run"; }
  static ExportRequest Request(const std::string& format, const std::vector<std::string>& objects = {"box"}) {
    ExportRequest request;
    request.run = Run();
    request.format = format;
    request.objects = objects;
    request.options.photos.views = "test";
    return request;
  }
  static std::vector<std::string> NamesIn(const fs::path& folder) {
    std::vector<std::string> names;
    if (!fs::exists(folder)) return names;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder)) names.push_back(entry.path().filename());
    std::sort(names.begin(), names.end());
    return names;
  }
  template <class E>
  static std::string TextOf(const ExportRequest& request) {
    return ErrorTextOf<E>([&] { Export(request, Job()); });
  }

  const TestFolder out_;
  static inline TestFolder* folder_;
};

TEST_F(ExportStageTest, MasksAreThoseOfRenderAlsoOfSeveralFields) {
  ExportRequest request = Request("masks", {});
  request.all_objects = true;
  const ExportResult result = Export(request, Job());
  EXPECT_EQ(result.place, Run() / "exports" / "objects-masks");
  EXPECT_THAT(result.objects, ElementsAre("ball", "box", "cup"));
  for (const std::string& object : result.objects) {
    RenderRequest render;
    render.run = Run();
    render.object = object;
    render.layers = {Layer::kMask};
    render.views = exports::CameraSet::kTest;
    render.out = out_ / object;
    for (const fs::path& file : Render(render, Job()).files) {
      const ImageU8 rendered = ReadImage(file);
      const std::string name = file.filename().string().substr(std::string("test_").size());
      const ImageU8 mask = ReadImage(result.place / "masks" / object / name);
      EXPECT_EQ(mask.data, rendered.data) << object << " " << name;
    }
  }
  const Json report = ReadJsonFile(result.place / "export.json");
  EXPECT_EQ(report.at("format"), "masks");
  EXPECT_EQ(report.at("files")[0].at("path"), "masks/ball");
  const Json said = ReportOf(result, "masks");
  EXPECT_EQ(said.at("files")[0].at("path"), (result.place / "masks" / "ball").string());
  EXPECT_GT(said.at("files")[0].at("bytes").get<int64_t>(), 0);
}

TEST_F(ExportStageTest, EveryFormatIsWritten) {
  const exports::FakeFfmpeg ffmpeg(exports::kKeepsFrames);
  for (const exports::ExportFormat& format : exports::ExportFormats()) {
    SCOPED_TRACE(format.name);
    ExportRequest request = Request(format.name);
    request.options.photos.points = 500;
    request.options.video.seconds = 0.2;
    request.options.video.fps = 10;
    request.options.video.longest_side = 32;
    request.options.splats.count = 400;
    request.options.splats.steps = 30;
    request.options.splats.views = 6;
    request.options.splats.resolution = 48;
    request.options.cloud.count = 500;
    request.options.mesh = {.resolution = 24, .faces = 500, .texture = 64, .views = 12, .view_size = 64};
    request.options.voxels = {.resolution = 16, .views = 8};
    const ExportResult result = Export(request, Job());
    ASSERT_FALSE(result.files.empty());
    for (const exports::ExportedFile& file : result.files) {
      EXPECT_TRUE(fs::exists(file.path)) << file.path;
      EXPECT_GT(file.count, 0);
      EXPECT_FALSE(file.what.empty() || file.frame.empty() || file.units.empty());
    }
    EXPECT_THAT(NamesIn(Run() / "exports"), testing::Contains(std::string("box-") + format.name));
  }
  for (const std::string& name : NamesIn(Run() / "exports")) EXPECT_NE(name[0], '.') << name;  // nothing unfinished
}

TEST_F(ExportStageTest, AFileOfTheFormatsEndingIsThatFile) {
  ExportRequest request = Request("prompts", {"box", "ball"});
  request.out = out_ / "two.json";
  const ExportResult result = Export(request, Job());
  EXPECT_EQ(result.files[0].path, out_ / "two.json");
  EXPECT_EQ(mask_decoder::ReadPrompts(out_ / "two.json").objects.size(), 2u);
  EXPECT_THAT(NamesIn(out_.path()), ElementsAre("two.json"));
  Export(request, Job());  // and replaces what it has written before
  request = Request("splat");
  request.options.splats = {.count = 400, .steps = 30, .views = 6, .resolution = 48};
  request.out = out_ / "box.splat";
  const ExportResult splat = Export(request, Job());
  ASSERT_EQ(splat.files.size(), 1u);
  EXPECT_EQ(splat.files[0].bytes, 32 * splat.files[0].count);
  ASSERT_TRUE(splat.files[0].box);
  fs::remove(request.out);
  request = Request("glb", {"box", "ball"});
  request.out = out_ / "two.glb";
  EXPECT_THAT(TextOf<UsageError>(request),
              HasSubstr("two.glb names one file: the format glb writes one for each object"));
  request = Request("coco", {"box", "ball"});
  request.out = out_ / "coco.json";
  Export(request, Job());
  EXPECT_TRUE(ReadJsonFile(out_ / "coco.json").contains("annotations"));
}

TEST_F(ExportStageTest, ReplacesAnExportAndNothingElse) {
  ExportRequest request = Request("prompts");
  request.out = out_ / "new/deep";
  Export(request, Job());
  WriteFileAtomic(out_ / "new/deep/old", "");
  Export(request, Job());
  EXPECT_THAT(NamesIn(out_ / "new/deep"), ElementsAre("export.json", "prompts.json"));
  request.out = out_ / "mine";
  fs::create_directories(request.out);
  WriteFileAtomic(request.out / "letter.txt", "dear");
  EXPECT_THAT(TextOf<UsageError>(request), HasSubstr("the folder has other files, and an export replaces all of it"));
  EXPECT_THAT(NamesIn(request.out), ElementsAre("letter.txt"));
  request.out = Run();
  EXPECT_THAT(TextOf<UsageError>(request), HasSubstr("it is the run's own folder"));
  request.out = *folder_ / "scene" / "train";
  EXPECT_THAT(TextOf<UsageError>(request), HasSubstr("the scene has photos or masks in"));
  request.out = out_ / "mine" / "letter.txt";
  EXPECT_THAT(TextOf<UsageError>(request), HasSubstr("a file is in the way"));
}

TEST_F(ExportStageTest, SaysWhatIsWrongAndLeavesNothing) {
  EXPECT_THAT(TextOf<UsageError>(Request("mask")), HasSubstr("unknown format 'mask'\ndid you mean 'masks'"));
  EXPECT_THAT(TextOf<UsageError>(Request("masks", {"bux"})), AllOf(HasSubstr("bux"), HasSubstr("did you mean 'box'")));
  EXPECT_THAT(TextOf<UsageError>(Request("masks", {})), HasSubstr("name one: --object NAME, or --object all"));
  ExportRequest request = Request("masks");
  request.options.photos.longest_side = 3;
  EXPECT_THAT(TextOf<UsageError>(request), HasSubstr("option export.longest_side=3"));
  request = Request("video");
  request.camera_path = out_ / "none.json";
  EXPECT_THAT(TextOf<Error>(request), HasSubstr("none.json"));
  StopSource stop;
  stop.RequestStop();
  EXPECT_THROW(Export(Request("masks"), Job().With(stop.token())), InterruptedError);
  EXPECT_FALSE(fs::exists(Run() / "exports"));
}

TEST_F(ExportStageTest, AnEmptyObjectIsNeverAFile) {
  // Only a camera that looks at the sky, and a video of what is not in it.
  WriteFileAtomic(out_ / "sky.json", R"({"w": 16, "h": 16, "fl_x": 20, "frames": [{"transform_matrix": )"
                                     R"([[1, 0, 0, 0], [0, -1, 0, 0], [0, 0, -1, 9], [0, 0, 0, 1]]}]})");
  ExportRequest request = Request("video");
  request.camera_path = out_ / "sky.json";
  request.options.video.file = exports::VideoFile::kPng;
  request.out = out_ / "video";
  EXPECT_THAT(TextOf<Error>(request), HasSubstr("the object 'box' is empty"));
  EXPECT_THAT(NamesIn(out_.path()), ElementsAre("sky.json"));
}

TEST_F(ExportStageTest, AnFfmpegThatIsKilledHalfWayLeavesNothing) {
  ExportRequest request = Request("video");
  request.options.video.longest_side = 64;
  request.options.video.seconds = 2;
  request.options.video.fps = 10;
  for (const char* script : {exports::kIsKilled, exports::kHasNoEncoder}) {
    const exports::FakeFfmpeg ffmpeg(script);
    EXPECT_THAT(TextOf<Error>(request), HasSubstr("ffmpeg did not write the video"));
    EXPECT_FALSE(fs::exists(Run() / "exports"));
  }
  const exports::FakeFfmpeg none("");
  request.out = out_ / "a.mp4";
  EXPECT_THAT(TextOf<Error>(request), HasSubstr("--out " + (out_ / "a.mp4").string() + " names one file"));
  EXPECT_THAT(NamesIn(out_.path()), testing::IsEmpty());
}

TEST_F(ExportStageTest, AFullDiskIsSaidByThePlaceTheUserKnows) {
  const TestDisk disk(64);
  if (!disk.why_not().empty()) GTEST_SKIP() << disk.why_not();
  ExportRequest request = Request("cutout");
  request.out = disk / "cut";
  disk.LeaveFree(8192);
  const std::string text = TextOf<WriteError>(request);
  EXPECT_THAT(text, AllOf(HasSubstr((disk / "cut").string()), HasSubstr("No space left")));
  EXPECT_EQ(text.find(".tmp"), std::string::npos) << text;
  EXPECT_FALSE(fs::exists(disk / "cut"));
  disk.FreeAgain();
}

TEST_F(ExportStageTest, WhatIsWrittenIntoTheRunNeedsItsLock) {
  const run::RunLock lock(Run());
  EXPECT_THAT(TextOf<Error>(Request("prompts")), HasSubstr("is in use"));
  ExportRequest elsewhere = Request("prompts");
  elsewhere.out = out_ / "prompts.json";
  Export(elsewhere, Job());
  ExportRequest inside = Request("prompts");
  inside.is_locked = true;
  Export(inside, Job());
}

}  // namespace
}  // namespace sanerf::pipeline
