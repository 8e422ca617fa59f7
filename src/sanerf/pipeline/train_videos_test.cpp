// A folder as Neural 3D Video has it, from videos to a run that renders its moments. With made-up ffmpeg and ffprobe.
#include <gmock/gmock.h>

#include "sanerf/core/error.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/job.h"
#include "sanerf/pipeline/settings.h"
#include "sanerf/pipeline/train_stage.h"
#include "sanerf/run/run_folder.h"
#include "sanerf/run/run_lock.h"
#include "sanerf/scene/fake_video_test_support.h"

namespace sanerf::pipeline {
namespace {
namespace fs = std::filesystem;
using testing::HasSubstr;

TEST(TrainOnVideos, FramesAreDecodedIntoTheRunAndComeBackWhenTheyAreGone) {
  const scene::FakeVideoTools tools;
  const TestFolder folder;
  const fs::path scene = folder / "scene", run = folder / "run";
  for (int camera = 0; camera < 3; ++camera)
    tools.WriteVideo(scene / fmt::format("cam{:02}.mp4", camera), {.num_frames = 4});
  scene::WriteRowOfCameras(scene, 3);
  Settings settings;
  for (const char* assignment :
       {"nerf.iters=4", "nerf.batch_samples=1024", "nerf.log2_table=10", "nerf.moving_log2_table=10", "nerf.levels=8",
        "nerf.base=4", "nerf.top=64", "nerf.mask_resolution=8", "nerf.occupancy_resolution=16", "nerf.step=0.05",
        "scene.frames=0:3"})
    Assign(settings, assignment);
  const TrainResult result = Train({scene, run}, settings, Job());
  EXPECT_TRUE(fs::exists(run / "frames/cam02/000002.jpg"));
  EXPECT_FALSE(fs::exists(run / "frames/cam02/000003.jpg"));
  EXPECT_EQ(result.scene.TestViews().size(), 3u) << "cam00 is held out";
  const nerf::NerfModel model = nerf::NerfModel::Load(result.checkpoint);
  EXPECT_EQ(model.num_moments(), 3);
  const std::string calls = tools.calls();

  // The run alone knows which frames they are.
  run::RunFolder opened = run::RunFolder::Open(run);
  const scene::Scene again = opened.OpenScene(std::nullopt, Job());
  EXPECT_EQ(again.views.size(), 9u);
  EXPECT_EQ(model.Render(again.views[4].camera, Job()).rgb.width, 16);
  EXPECT_TRUE(Train({scene, run}, settings, Job()).reused);
  EXPECT_EQ(tools.calls(), calls) << "decoded once";

  fs::remove_all(run / "frames");
  EXPECT_THAT(ErrorTextOf<Error>([&] { opened.OpenScene(std::nullopt, Job()); }),
              HasSubstr("does not hold the frames of the videos"));
  const run::RunLock lock(run);
  EXPECT_EQ(opened.OpenScene(std::nullopt, lock, Job()).views.size(), 9u);
  EXPECT_NE(tools.calls(), calls);
  EXPECT_TRUE(fs::exists(run / "frames/index.json"));
}

TEST(TrainOnVideos, ABrokenOneLeavesNoRun) {
  const scene::FakeVideoTools tools;
  const TestFolder folder;
  const fs::path scene = folder / "scene", run = folder / "run";
  for (int camera = 0; camera < 2; ++camera)
    tools.WriteVideo(scene / fmt::format("cam{:02}.mp4", camera), {.num_whole = camera == 0 ? -1 : 2});
  scene::WriteRowOfCameras(scene, 2);
  EXPECT_THAT(ErrorTextOf<Error>([&] {
                Train({scene, run}, Settings(), Job());
              }),
              HasSubstr("cam01.mp4: it is broken: 2 of 6 frames"));
  EXPECT_FALSE(run::RunFolder::Exists(run));
}

}  // namespace
}  // namespace sanerf::pipeline
