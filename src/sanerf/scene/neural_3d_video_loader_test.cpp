#include "sanerf/scene/neural_3d_video_loader.h"

#include <gmock/gmock.h>

#include <cmath>

#include "sanerf/core/job.h"
#include "sanerf/core/stop_token.h"
#include "sanerf/scene/decoded_frames.h"
#include "sanerf/scene/fake_video_test_support.h"
#include "sanerf/scene/load_scene.h"
#include "sanerf/scene/moments.h"
#include "sanerf/scene/scene_folder_test_support.h"

namespace sanerf::scene {
namespace {
namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class Neural3dVideoTest : public SceneFolderTest {
 protected:
  void WritePoses(int num_cameras) { WriteRowOfCameras(root_, num_cameras); }
  void WriteVideos(int num_cameras, const FakeVideoTools::Video& video = {}) {
    for (int i = 0; i < num_cameras; ++i) tools_.WriteVideo(root_ / fmt::format("cam{:02}.mp4", i), video);
    WritePoses(num_cameras);
  }
  std::string LoadError(const SceneOptions& options = {}) {
    return ErrorText([&] { LoadScene(root_, options, Job()); });
  }
  static SceneOptions Frames(const std::string& range) {
    SceneOptions options;
    options.frames = range;
    return options;
  }
  fs::path decoded() const { return folder_ / "run" / "frames"; }

  const FakeVideoTools tools_;
};

TEST_F(Neural3dVideoTest, CamerasTimesAndTheOneHeldOut) {
  WriteVideos(3);
  const Scene scene = LoadScene(root_, {}, Job());
  EXPECT_EQ(scene.format, "neural-3d-video");
  EXPECT_TRUE(scene.is_dynamic);
  EXPECT_EQ(scene.fps, 30);
  ASSERT_EQ(scene.views.size(), 18u);
  const Moments moments = MomentsOf(scene);
  EXPECT_TRUE(moments.HasFixedCameras());
  EXPECT_EQ(Description(moments, scene.fps), "3 cameras x 6 moments, 30 per second, 0.2 s");
  EXPECT_THAT(scene.summary, HasSubstr("3 cameras x 6 moments"));
  EXPECT_THAT(HeldOutCameras(moments, scene), ElementsAre("cam00"));
  EXPECT_EQ(scene.TestViews().size(), 6u);
  const View& view = scene.views[size_t(scene.FindView("cam01/000002"))];
  EXPECT_DOUBLE_EQ(view.time.value(), 2.0 / 5);
  EXPECT_DOUBLE_EQ(view.camera.time, 2.0 / 5);
  EXPECT_FALSE(view.is_test);
  EXPECT_TRUE(view.camera.world_from_cam.rotation.col(1).isApprox(Vec3(0, -1, 0), 1e-6));
  EXPECT_TRUE(NeedsDecoding(scene));
  EXPECT_EQ(tools_.calls(), "") << "nothing is decoded to look at a folder";
  EXPECT_THAT(ErrorText([&] { LoadViewImage(view); }), AllOf(HasSubstr("cam01.mp4"), HasSubstr("sanerf train")));
}

TEST_F(Neural3dVideoTest, OtherSplitsAreThoseOfCameras) {
  WriteVideos(5);
  SceneOptions options;
  options.test_every = 2;
  const Scene scene = LoadScene(root_, options, Job());
  EXPECT_THAT(HeldOutCameras(MomentsOf(scene), scene), ElementsAre("cam00", "cam02", "cam04"));
  options.test_every = 0;
  EXPECT_TRUE(LoadScene(root_, options, Job()).TestViews().empty());
}

TEST_F(Neural3dVideoTest, SomeMomentsAreDecodedOnce) {
  WriteVideos(2, {.num_frames = 10});
  Scene scene = LoadScene(root_, Frames("2:9:3"), Job());
  EXPECT_EQ(scene.views.size(), 6u);
  EXPECT_EQ(scene.fps, 10) << "every third of thirty per second";
  EXPECT_EQ(scene.views[1].from_video->frame, 5);
  EXPECT_DOUBLE_EQ(scene.views[1].time.value(), 0.5);
  DecodeVideos(&scene, decoded(), 1, Job());
  EXPECT_FALSE(NeedsDecoding(scene));
  EXPECT_EQ(LoadViewImage(scene.views[1]).width, 16);
  EXPECT_TRUE(fs::exists(decoded() / "cam00/000002.jpg"));
  EXPECT_FALSE(fs::exists(decoded() / "cam00/000003.jpg"));
  const std::string calls = tools_.calls();
  EXPECT_THAT(calls, AllOf(HasSubstr("select='between(n,2,8)*not(mod(n-2,3))'"), HasSubstr("-frames:v 3"),
                           HasSubstr("-i file:" + (root_ / "cam00.mp4").string())));

  Scene again = LoadScene(root_, Frames("2:9:3"), Job());
  DecodeVideos(&again, decoded(), 1, Job());
  EXPECT_EQ(tools_.calls(), calls) << "they are there";
  Scene reader = LoadScene(root_, Frames("2:9:3"), Job());
  UseDecodedVideos(&reader, decoded());
  EXPECT_EQ(reader.views[1].image_path, scene.views[1].image_path);

  Scene other = LoadScene(root_, Frames("0:2"), Job());
  EXPECT_THAT(ErrorText([&] { UseDecodedVideos(&other, decoded()); }), HasSubstr("decodes them once more"));
  DecodeVideos(&other, decoded(), 1, Job());
  EXPECT_FALSE(fs::exists(decoded() / "cam00/000002.jpg")) << "what is no longer used does not stay";
}

TEST_F(Neural3dVideoTest, ABrokenVideoLeavesNothing) {
  WriteVideos(2);
  tools_.WriteVideo(root_ / "cam01.mp4", {.num_whole = 4});
  Scene scene = LoadScene(root_, {}, Job());
  EXPECT_THAT(ErrorText([&] { DecodeVideos(&scene, decoded(), 1, Job()); }),
              AllOf(HasSubstr("cam01.mp4: it is broken: 4 of 6 frames could be decoded (Invalid data"),
                    HasSubstr("leave its camera out")));
  EXPECT_FALSE(fs::exists(decoded()));
  EXPECT_TRUE(fs::is_empty(decoded().parent_path()));
  WriteText("cam01.mp4", "no video\n");
  EXPECT_THAT(LoadError(), HasSubstr("cam01.mp4: it is no video, or a broken one (moov atom not found)"));
}

TEST_F(Neural3dVideoTest, TheSpaceIsBounded) {
  WriteVideos(2);
  Scene scene = LoadScene(root_, {}, Job());
  EXPECT_THAT(ErrorText([&] { DecodeVideos(&scene, decoded(), 1e-7, Job()); }),
              AllOf(HasSubstr("12 decoded frames would take more than"), HasSubstr("--frames ::5")));
  EXPECT_EQ(tools_.calls(), "") << "before anything is decoded";
  EXPECT_THAT(ErrorText([&] { DecodeVideos(&scene, decoded(), 3e-7, Job()); }), HasSubstr("scene.frames_gb"));
  EXPECT_FALSE(fs::exists(decoded()));
}

TEST_F(Neural3dVideoTest, AStopLeavesNothing) {
  WriteVideos(2);
  Scene scene = LoadScene(root_, {}, Job());
  StopSource stop;
  stop.RequestStop();
  EXPECT_THROW(DecodeVideos(&scene, decoded(), 1, Job().With(stop.token())), InterruptedError);
  EXPECT_FALSE(fs::exists(decoded()));
}

TEST_F(Neural3dVideoTest, VideosOfUnequalLengthOrRate) {
  WriteVideos(3);
  tools_.WriteVideo(root_ / "cam02.mp4", {.num_frames = 4});
  EXPECT_THAT(LoadError(),
              AllOf(HasSubstr("cam02.mp4: it has 4 frames, but cam00.mp4 has 6"), HasSubstr("--frames 0:4")));
  EXPECT_EQ(LoadScene(root_, Frames("0:4"), Job()).views.size(), 12u);
  EXPECT_THAT(LoadError(Frames("0:5")), HasSubstr("cam02.mp4: it has 4 frames"));
  tools_.WriteVideo(root_ / "cam02.mp4", {.fps = 25});
  EXPECT_THAT(LoadError(), AllOf(HasSubstr("cam02.mp4: it has 25 frames per second, but cam00.mp4 has 30"),
                                 HasSubstr("convert the videos")));
}

TEST_F(Neural3dVideoTest, AMissingCameraIsNamed) {
  WriteVideos(4);
  fs::remove(root_ / "cam02.mp4");
  EXPECT_THAT(LoadError(), AllOf(HasSubstr("poses_bounds.npy: 4 rows but 3 cameras are there"),
                                 HasSubstr("there is no cam02"), HasSubstr("restore the missing camera")));
  WritePoses(3);  // the authors' own scenes have such gaps
  EXPECT_EQ(LoadScene(root_, {}, Job()).views.size(), 18u);
  tools_.WriteVideo(root_ / "cam01.mov", {});
  EXPECT_THAT(LoadError(), HasSubstr("there are two videos of this camera"));
}

TEST_F(Neural3dVideoTest, MomentsThatDoNotExistAndASingleOne) {
  WriteVideos(2);
  EXPECT_THAT(LoadError(Frames("0:7")), AllOf(HasSubstr("there are 6 moments"), HasSubstr("--frames 0:6")));
  EXPECT_THAT(LoadError(Frames("x")), HasSubstr("expected first:end"));
  const Scene scene = LoadScene(root_, Frames("3:4"), Job());
  EXPECT_FALSE(scene.is_dynamic);
  EXPECT_THAT(scene.warnings, testing::Contains(HasSubstr("all photos are of one moment")));
}

TEST_F(Neural3dVideoTest, WithoutFfmpeg) {
  WriteVideos(2);
  tools_.Uninstall();
  EXPECT_THAT(LoadError(), AllOf(HasSubstr("videos are read by ffprobe, which is not installed"),
                                 HasSubstr("apt-get install ffmpeg")));
}

TEST_F(Neural3dVideoTest, FoldersOfFrames) {
  for (int camera = 0; camera < 3; ++camera)
    for (int frame = 0; frame < 4; ++frame)
      WriteImage(fmt::format("cam{:02}/{}{:04}.png", camera, camera == 2 ? "images/" : "", frame));
  WritePoses(3);
  const Scene scene = LoadScene(root_, {}, Job());
  EXPECT_EQ(scene.format, "neural-3d-video");
  EXPECT_FALSE(NeedsDecoding(scene));
  const Moments moments = MomentsOf(scene);
  EXPECT_EQ(Description(moments, scene.fps), "3 cameras x 4 moments");
  EXPECT_THAT(HeldOutCameras(moments, scene), ElementsAre("cam00"));
  EXPECT_EQ(LoadViewImage(scene.views[5]).width, 16);
  EXPECT_EQ(LoadScene(root_, Frames("1:4:2"), Job()).views.size(), 6u);
  fs::remove(root_ / "cam01/0003.png");
  EXPECT_THAT(LoadError(), HasSubstr("cam01: it has 3 frames, but cam00 has 4"));
}

}  // namespace
}  // namespace sanerf::scene
