#include "sanerf/experiments/demo_stage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "sanerf/core/error.h"
#include "sanerf/core/events_test_support.h"
#include "sanerf/core/files.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/models/onnx_test_support.h"
#include "sanerf/run/run_folder.h"
#include "sanerf/scene/load_scene.h"
#include "sanerf/synth/small_scene_test_support.h"
#include "sanerf/synth/synth.h"

namespace sanerf::experiments {
namespace {

using ::testing::HasSubstr;

// Every step is announced once, and before its first task begins.
TEST(Demo, AnnouncesStepsWhenTheyBegin) {
  const TestFolder folder;
  onnx_test::WriteSmallSam(folder.path());
  pipeline::Settings settings;
  ApplyDemoDefaults(settings);
  settings.synth = synth::SmallScene(10, 48);
  settings.nerf.iters = 60;
  settings.nerf.log2_table = 14;
  settings.nerf.batch_samples = 8192;
  settings.nerf.levels = settings.nerf.features = 4;
  settings.nerf.density_width = settings.nerf.color_width = 32;
  settings.nerf.occupancy_resolution = 8;
  settings.nerf.step = settings.nerf.cone = 0.2f;  // what the report renders costs a fraction
  settings.encode.model = (folder / "encoder.onnx").string() + "," + (folder / "decoder.onnx").string();
  settings.encode.size = 64;
  for (const char* option : {"nerf.near_gradients=0", "segment.max_views=3", "object.iters=2", "object.log2_table=10",
                             "object.pool_rays=4096"})
    pipeline::Assign(settings, option);
  EventRecorder events;
  Demo({folder / "run"}, settings, Job().With(events));
  const std::vector<std::string> lines = events.Lines();
  const auto first = [&](const std::string& start) {
    return std::find_if(lines.begin(), lines.end(), [&](const auto& line) { return line.starts_with(start); }) -
           lines.begin();
  };
  const auto count = [&](const std::string& start) {
    return std::count_if(lines.begin(), lines.end(), [&](const auto& line) { return line.starts_with(start); });
  };
  for (const char* step : {"info demo   1/6", "info demo   2/6", "info demo   3/6", "info demo   4/6",
                           "info demo   5/6", "info demo   6/6"})
    EXPECT_EQ(count(step), 1) << step;
  EXPECT_LT(first("info demo   1/6"), first("started synth"));
  EXPECT_LT(first("finished synth"), first("info demo   2/6"));
  EXPECT_LT(first("info demo   2/6"), first("started train"));
  EXPECT_LT(first("finished train"), first("info demo   3/6"));
  EXPECT_LT(first("info demo   3/6"), first("started encode"));
  // Views are encoded before the fourth step, and held-out ones for the report.
  for (auto line = lines.begin() + first("info demo   4/6"); line != lines.begin() + first("info demo   5/6"); ++line)
    EXPECT_FALSE(line->starts_with("started encode")) << *line;
  EXPECT_LT(first("info demo   4/6"), first("started decode"));
  EXPECT_LT(first("started decode"), first("info demo   5/6"));
  EXPECT_LT(first("info demo   5/6"), first("started eval"));
  EXPECT_LT(first("finished eval"), first("info demo   6/6"));
  EXPECT_LT(first("info demo   6/6"), first("started report"));
  EXPECT_LT(first("started report"), long(lines.size()));
  // What takes seconds on a real scene says what it is, so that nothing looks stuck.
  for (const char* task : {"read the scene", "check photos", "cull what no photo shows", "compare with held-out photos",
                           "open the model", "compare the views' masks", "sharpen outlines", "trace mask rays",
                           "write the objects", "compare the field with its masks"})
    EXPECT_GE(count(std::string("finished ") + task), 1) << task;

  // Once more: what is there is not announced as if it were made.
  EventRecorder later;
  Demo({folder / "run"}, settings, Job().With(later));
  for (const char* kept :
       {"demo   2/6  the radiance field", "demo   3/6  the encoded views", "demo   4/6  the objects"})
    EXPECT_THAT(later.Texts("info"), testing::Contains(testing::StartsWith(kept))) << kept;
  for (const std::string& line : later.Lines())
    for (const char* task : {"started synth", "started train", "started encode"})
      EXPECT_FALSE(line.starts_with(task)) << line;
}

// Asks to stop when the scene is begun.
class StopsInTheScene : public EventSink {
 public:
  void Take(const Event& event) override {
    if (event.kind == Event::Kind::kStarted && event.title == "synth") stop_.RequestStop();
  }
  StopToken token() const { return stop_.token(); }

 private:
  StopSource stop_;
};

TEST(Demo, StoppedBeforeItHasARunLeavesNothing) {
  const TestFolder folder;
  onnx_test::WriteSmallSam(folder.path());
  pipeline::Settings settings;
  settings.synth.views = 2;
  settings.synth.size = 16;
  settings.encode.model = (folder / "encoder.onnx").string() + "," + (folder / "decoder.onnx").string();
  StopsInTheScene sink;
  EXPECT_THROW(Demo({folder / "run"}, settings, Job(sink, sink.token())), InterruptedError);
  EXPECT_FALSE(std::filesystem::exists(folder / "run"));
}

TEST(Demo, AModelThatIsNotThereIsSaidBeforeAnythingIsMade) {
  const TestFolder folder;
  pipeline::Settings settings;
  settings.synth = synth::SmallScene(2, 16);
  settings.encode.model = "minisma";
  EXPECT_THAT(ErrorTextOf<UsageError>([&] { Demo({folder / "run"}, settings, Job()); }), HasSubstr("minisma"));
  settings.encode.model = (folder / "encoder.onnx").string() + "," + (folder / "decoder.onnx").string();
  EXPECT_THROW(Demo({folder / "run"}, settings, Job()), Error);
  EXPECT_FALSE(std::filesystem::exists(folder / "run"));
}

TEST(Demo, SaysBeforeItRendersThatItDoesNotMixWithPhotos) {
  const TestFolder folder;
  pipeline::Settings settings;
  settings.synth = synth::SmallScene(2, 16);
  synth::WriteSynthScene(folder / "photos", settings.synth, Job());
  EventRecorder events;
  EXPECT_THAT(ErrorTextOf<UsageError>([&] { Demo({folder / "photos"}, settings, Job().With(events)); }),
              HasSubstr("cannot make a run in " + (folder / "photos").string()));
  for (const std::string& line : events.Lines()) EXPECT_FALSE(line.starts_with("started ")) << line;
  EXPECT_FALSE(std::filesystem::exists(folder / "photos/scene"));
  EXPECT_FALSE(std::filesystem::exists(folder / "photos/.lock"));
}

TEST(Demo, LeavesTheRunOfAnotherSceneAlone) {
  const TestFolder folder;
  pipeline::Settings settings;
  settings.synth = synth::SmallScene(2, 16);
  synth::WriteSynthScene(folder / "photos", settings.synth, Job());
  EnsureWritableFolder(folder / "run");
  run::RunFolder::Create(folder / "run", folder / "photos", scene::LoadScene(folder / "photos", {}, Job()), Job())
      .Save(Job());
  const std::string before = ReadFile(folder / "run/run.json");
  try {
    Demo({folder / "run"}, settings, Job());
    FAIL() << "it took the run";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr((folder / "photos").string()));
    EXPECT_THAT(error.hint(), HasSubstr("--out"));
  }
  EXPECT_EQ(ReadFile(folder / "run/run.json"), before);
  EXPECT_FALSE(std::filesystem::exists(folder / "run/scene"));
}

}  // namespace
}  // namespace sanerf::experiments
