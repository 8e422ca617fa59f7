// The whole of `sanerf poses` against tools that answer as they are told to: what is made, kept, done again, and said
// when they fail.
#include "sanerf/poses/find_poses.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <thread>

#include "sanerf/core/error.h"
#include "sanerf/core/events_test_support.h"
#include "sanerf/core/stopwatch.h"
#include "sanerf/poses/find_poses_test_support.h"
#include "sanerf/poses/input.h"
#include "sanerf/poses/tools.h"
#include "sanerf/scene/load_scene.h"

namespace sanerf::poses {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

TEST_F(FindPosesTest, MakesAWorkspaceThatIsUprightAndOfASensibleSize) {
  EventRecorder recorder;
  const PosesResult result = Find({}, Job().With(recorder));
  EXPECT_EQ(result.scene, scene_);
  EXPECT_FALSE(result.reused);
  EXPECT_EQ(result.report.num_posed, kPhotos);
  EXPECT_THAT(result.report.without_pose, IsEmpty());
  EXPECT_NEAR(result.report.reprojection_error, 0.5, 1e-12);
  EXPECT_NEAR(result.report.track_length, kPhotos, 1e-12);
  EXPECT_NEAR(result.report.observations, 120, 1e-12);
  EXPECT_EQ(result.report.coverage.kind, scene::CaptureShape::Kind::kAround);
  EXPECT_NEAR(result.report.coverage.arc, 315, 1);
  EXPECT_THAT(result.report.cameras, ElementsAre("SIMPLE_RADIAL 64x48, focal length 60 px, 8 photos"));

  EXPECT_THAT(NamesIn(scene_),
              ElementsAre("images/IMG_0.png", "images/IMG_1.png", "images/IMG_2.png", "images/IMG_3.png",
                          "images/IMG_4.png", "images/IMG_5.png", "images/IMG_6.png", "images/IMG_7.png",
                          "poses_report.json", "sparse/0/cameras.bin", "sparse/0/images.bin", "sparse/0/points3D.bin"));
  const scene::Scene scene = scene::LoadScene(scene_, {}, Job());
  EXPECT_THAT(scene.warnings, IsEmpty());
  ASSERT_EQ(scene.views.size(), size_t(kPhotos));
  double farthest = 0;
  for (const scene::View& view : scene.views) {
    EXPECT_GT(view.camera.center().z(), 0.3) << "z is up, and the ring stands above";
    EXPECT_GT(view.camera.world_from_cam.rotation.col(1).z(), 0.5) << "the pictures' tops are up";
    farthest = std::max(farthest, view.camera.center().norm());
  }
  EXPECT_NEAR(farthest, 1, 1e-6);
  EXPECT_FALSE(fs::is_symlink(scene_ / "images" / "IMG_3.png"));
  EXPECT_EQ(ReadFile(scene_ / "images" / "IMG_3.png"), ReadFile(photos_ / "IMG_3.png"));
  EXPECT_THAT(Calls(), AllOf(HasSubstr("--SiftExtraction.use_gpu 0"), HasSubstr("--FeatureMatching.use_gpu 0"),
                             Not(HasSubstr("num_threads 0")), HasSubstr("--ImageReader.camera_model SIMPLE_RADIAL")));
  EXPECT_EQ(NumCalls("feature_extractor"), 1) << "one camera";
  const std::string pairs = ReadFile(fake_ / "pairs");
  EXPECT_EQ(std::count(pairs.begin(), pairs.end(), '\n'), kPhotos * (kPhotos - 1) / 2);
  EXPECT_THAT(recorder.Texts("saved"), ElementsAre(scene_.string()));
  EXPECT_THAT(result.text, HasSubstr("posed    8 of 8 photos"));
}

TEST_F(FindPosesTest, TheSameAgainIsThereAndOtherOptionsDoOnlyWhatTheyChange) {
  Find();
  const std::string calls = Calls();
  const PosesResult again = Find();
  EXPECT_TRUE(again.reused);
  EXPECT_EQ(Calls(), calls);
  EXPECT_EQ(again.json.at("posed"), kPhotos);
  EXPECT_THAT(again.text, HasSubstr("posed    8 of 8 photos"));

  PosesOptions sequential;
  sequential.matching = Matching::kSequential;
  EXPECT_FALSE(Find(sequential).reused);
  EXPECT_EQ(NumCalls("feature_extractor"), 1);
  EXPECT_EQ(NumCalls("matches_importer"), 2);
  EXPECT_EQ(NumCalls("mapper"), 2);

  sequential.features = 1000;
  Find(sequential);
  EXPECT_EQ(NumCalls("feature_extractor"), 2);

  AddPhoto("IMG_3.png", 77);  // the same name, another picture
  EXPECT_FALSE(Find(sequential).reused);
  EXPECT_EQ(NumCalls("feature_extractor"), 3);
  fs::remove_all(scene_);
  EXPECT_FALSE(Find(sequential).reused) << "the scene is gone, what is kept of the steps is not";
  EXPECT_EQ(NumCalls("mapper"), 4);
}

TEST_F(FindPosesTest, PhotosMayBeMovedBetweenTwoCalls) {
  Find();
  fs::remove_all(scene_);
  fs::rename(photos_, folder_ / "moved");
  EXPECT_EQ(FindPoses({folder_ / "moved", scene_}, {}, Job()).report.num_posed, kPhotos);
  EXPECT_TRUE(fs::exists(scene_ / "images" / "IMG_5.png"));
  EXPECT_EQ(NumCalls("mapper"), 1);
}

TEST_F(FindPosesTest, WhatIsGoneOfTheWorkFolderIsMadeAgain) {
  Find();
  fs::remove_all(scene_);
  fs::remove(fs::path(scene_.string() + ".poses") / "colmap/database.db");
  EXPECT_EQ(Find().report.num_posed, kPhotos);
  EXPECT_EQ(NumCalls("feature_extractor"), 2);
  EXPECT_EQ(NumCalls("matches_importer"), 2);
  for (const char* gone : {"models", ""}) {
    fs::remove_all(scene_);
    fs::remove_all(fs::path(scene_.string() + ".poses") / gone);
    EXPECT_EQ(Find().report.num_posed, kPhotos);
  }
}

TEST_F(FindPosesTest, PhotosWithoutPoseAndBlurredOnesAreNamed) {
  AddPhoto("IMG_6.png", 6, /*is_blurred=*/true);
  SetModel("0", {0, 1, 2, 3, 4, 5});
  const PosesResult result = Find();
  EXPECT_THAT(result.report.without_pose, ElementsAre("IMG_6.png", "IMG_7.png"));
  EXPECT_THAT(result.report.blurred, ElementsAre("IMG_6.png"));
  EXPECT_EQ(result.json.at("without_pose"), Json({"IMG_6.png", "IMG_7.png"}));
  EXPECT_THAT(result.text, AllOf(HasSubstr("posed    6 of 8 photos"), HasSubstr("missing  2: IMG_6.png IMG_7.png"),
                                 HasSubstr("blurred  1: IMG_6.png"), HasSubstr("2 of 8 photos have no pose")));
  EXPECT_TRUE(fs::exists(scene_ / "images" / "IMG_7.png")) << "nothing of the user's is lost";
}

TEST_F(FindPosesTest, TheLargestOfSeveralModelsIsTaken) {
  fs::remove_all(fake_ / "canned");
  SetModel("0", {0, 1, 2});
  SetModel("1", {3, 4, 5, 6, 7});
  const PosesResult result = Find();
  EXPECT_EQ(result.report.num_posed, 5);
  EXPECT_EQ(result.report.num_models, 2);
  EXPECT_EQ(result.report.num_joined, 0);
  EXPECT_EQ(NumCalls("model_merger"), 0) << "they share no photo";
  EXPECT_THAT(result.text, HasSubstr("the photos fall into 2 parts"));
}

TEST_F(FindPosesTest, ModelsThatSharePhotosAreJoinedAndAdjusted) {
  fs::remove_all(fake_ / "canned");
  SetModel("0", {0, 1, 2, 3});
  SetModel("1", {1, 2, 3, 4, 5, 6, 7});
  SetModel("", {0, 1, 2, 3, 4, 5, 6, 7}, "merged");
  const PosesResult result = Find();
  EXPECT_EQ(result.report.num_posed, 8);
  EXPECT_EQ(result.report.num_joined, 1);
  EXPECT_EQ(NumCalls("bundle_adjuster"), 1);
}

TEST_F(FindPosesTest, WhatColmapCannotJoinStaysApart) {
  fs::remove_all(fake_ / "canned");
  SetModel("0", {0, 1, 2, 3});
  SetModel("1", {1, 2, 3, 4, 5, 6, 7});
  EXPECT_EQ(Find().report.num_posed, 7) << "it says that it failed";
  fs::remove_all(scene_);
  fs::remove_all(scene_.string() + ".poses");
  SetModel("", {1, 2, 3, 4, 5, 6, 7}, "merged");
  EXPECT_EQ(Find().report.num_joined, 0) << "it says that it succeeded, and nothing came of it";
  fs::remove_all(scene_);
  fs::remove_all(scene_.string() + ".poses");
  Say("fail_model_merger", "ERROR: no\n");
  EXPECT_EQ(Find().report.num_posed, 7);
}

TEST_F(FindPosesTest, AFailingToolIsQuotedAndTheNextCallGoesOn) {
  Say("fail_mapper", "a first line\n\x1b[31mERROR: cannot solve this\nand so on\n  at last\n");
  EXPECT_THAT(Failure(),
              AllOf(HasSubstr("colmap found no poses: colmap ended with exit code 3"),
                    HasSubstr("ERROR: cannot solve this | and so on | at last"), Not(HasSubstr("first line")),
                    HasSubstr((fs::path(scene_.string() + ".poses") / "tools.log").string()), Not(HasSubstr("\x1b"))));
  EXPECT_THAT(ReadFile(fs::path(scene_.string() + ".poses") / "tools.log"),
              AllOf(HasSubstr("colmap mapper --database_path"), HasSubstr("a first line")));
  Unsay("fail_mapper");
  EXPECT_EQ(Find().report.num_posed, kPhotos);
  EXPECT_EQ(NumCalls("feature_extractor"), 1);
  EXPECT_EQ(NumCalls("matches_importer"), 1);
  EXPECT_EQ(NumCalls("mapper"), 2);
}

TEST_F(FindPosesTest, EachStepThatFailsOrIsKilledSaysSo) {
  const std::vector<std::pair<std::string, std::string>> steps = {
      {"feature_extractor", "colmap cannot find features"},
      {"matches_importer", "colmap cannot compare the photos"},
      {"mapper", "colmap found no poses"}};
  for (const auto& [command, what] : steps) {
    Say("kill_" + command, "");
    EXPECT_THAT(Failure(), AllOf(HasSubstr(what), HasSubstr("colmap was killed by signal 9, and said nothing"),
                                 HasSubstr("too little memory?")));
    Unsay("kill_" + command);
    Say("fail_" + command, "");
    EXPECT_THAT(Failure(), AllOf(HasSubstr(what), HasSubstr("exit code 3, and said nothing")));
    Unsay("fail_" + command);
  }
  PosesOptions straight;
  straight.undistort = Undistort::kAlways;
  Say("fail_image_undistorter", "no space left\n");
  EXPECT_THAT(Failure(straight), AllOf(HasSubstr("colmap cannot straighten the photos"), HasSubstr("no space left")));
  Unsay("fail_image_undistorter");
  EXPECT_TRUE(Find(straight).report.is_undistorted);
  EXPECT_TRUE(fs::exists(scene_ / "images" / "IMG_5.png"));
  EXPECT_EQ(NumCalls("mapper"), 3);
}

TEST_F(FindPosesTest, OfPlainPhotosFainterFeaturesAreTaken) {
  Say("num_features", "3000\n");
  Find();
  EXPECT_EQ(NumCalls("feature_extractor"), 1);
  EXPECT_THAT(Calls(), Not(HasSubstr("peak_threshold")));
  Say("num_features", "250\n");
  PosesOptions other;
  other.features = 2000;
  Find(other);
  EXPECT_EQ(NumCalls("feature_extractor"), 3);
  EXPECT_THAT(Calls(), HasSubstr("--SiftExtraction.peak_threshold 0.002"));
  const std::string database = ReadFile(fs::path(scene_.string() + ".poses") / "colmap/database.db");
  EXPECT_EQ(std::count(database.begin(), database.end(), '\n'), kPhotos) << "those of the first look are gone";
}

TEST_F(FindPosesTest, AMapperWithoutAnyModelIsAnError) {
  fs::remove_all(fake_ / "canned");
  fs::create_directories(fake_ / "canned");
  EXPECT_THAT(Failure(), AllOf(HasSubstr("colmap found no poses: no two photos fit together"),
                               HasSubstr("the photos share too little")));
}

TEST_F(FindPosesTest, AStopEndsAHangingToolAndTheNextCallGoesOn) {
  for (const char* command : {"feature_extractor", "matches_importer", "mapper"}) {
    Say(std::string("hang_") + command, "");
    StopSource stop;
    std::thread asks([&] {
      const Stopwatch patience;
      while (!fs::exists(fake_ / "hangs") && patience.seconds() < 60)
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
      stop.RequestStop();
    });
    const Stopwatch watch;
    EXPECT_THROW(Find({}, Job().With(stop.token())), InterruptedError);
    asks.join();
    EXPECT_LT(watch.seconds(), 90);
    EXPECT_FALSE(fs::exists(scene_));
    Unsay(std::string("hang_") + command);
    Unsay("hangs");
  }
  EXPECT_EQ(Find().report.num_posed, kPhotos);
  EXPECT_EQ(NumCalls("feature_extractor"), 2) << "the one that hung, and the one that did it";
}

TEST_F(FindPosesTest, MissingToolsAreSaidWithWhatInstallsThem) {
  TakeAway("colmap");
  EXPECT_THAT(Failure(), AllOf(HasSubstr("colmap is not installed: finding poses needs it"),
                               HasSubstr("scripts/setup.sh --with-poses")));
  std::ofstream(folder_ / "clip.mp4") << "bytes";
  TakeAway("ffprobe");
  EXPECT_THAT(ErrorTextOf<Error>([&] {
                FindPoses({folder_ / "clip.mp4", scene_}, {}, Job());
              }),
              AllOf(HasSubstr("ffprobe is not installed: taking photos out of a video needs it"),
                    HasSubstr("scripts/setup.sh --with-poses")));
  EXPECT_FALSE(fs::exists(scene_.string() + ".poses")) << "found out before anything is made";
  EXPECT_FALSE(VersionOf("colmap", Job()).present);
}

TEST_F(FindPosesTest, VersionsAreReadFromWhatTheToolsSay) {
  EXPECT_EQ(VersionOf("colmap", Job()).version, "3.8");
  EXPECT_EQ(VersionOf("ffmpeg", Job()).version, "5.1.9-0+deb12u1");
}

TEST_F(FindPosesTest, NamesOfAnyKindAndSeveralFoldersComeBack) {
  fs::remove_all(photos_);
  for (const char* name : {"left/a photo 1.png", "left/a photo 2.png", "right/größe 10.png", "right/größe 9.png"})
    AddPhoto(name, std::hash<std::string>()(name));
  fs::remove_all(fake_ / "canned");
  SetModel("0", {0, 1, 2, 3});
  Find();
  EXPECT_THAT(NamesIn(scene_ / "images"),
              ElementsAre("left/a photo 1.png", "left/a photo 2.png", "right/größe 10.png", "right/größe 9.png"));
  const scene::Scene scene = scene::LoadScene(scene_, {}, Job());
  EXPECT_EQ(scene.views.size(), 4u);
  // Camera 2 of the ring took the third photo by number: größe 9.
  EXPECT_THAT(ReadSparseModel(scene_ / "sparse" / "0").images.at(3).name, HasSubstr("9.png"));
}

TEST_F(FindPosesTest, APhotoThatCannotBeReadIsLeftOut) {
  std::ofstream(photos_ / "IMG_3.png") << "no picture";
  SetModel("0", {0, 1, 2, 4, 5, 6, 7});
  EventRecorder recorder;
  EXPECT_EQ(Find({}, Job().With(recorder)).report.num_photos, 7);
  EXPECT_THAT(recorder.Texts("warning"), ElementsAre(HasSubstr("1 photo cannot be read and is left out: IMG_3.png")));
}

TEST_F(FindPosesTest, TwoAtATimeInOnePlaceAreRefused) {
  Find();
  Say("hang_mapper", "");
  StopSource stop;
  PosesOptions other;
  other.seed = 5;
  std::thread first([&] { EXPECT_THROW(Find(other, Job().With(stop.token())), InterruptedError); });
  const Stopwatch patience;
  while (!fs::exists(fake_ / "hangs") && patience.seconds() < 60)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_THAT(ErrorTextOf<Error>([&] { Find(other); }), HasSubstr("another sanerf poses works there"));
  stop.RequestStop();
  first.join();
  EXPECT_TRUE(Find().reused) << "the scene of before is whole";
}

}  // namespace
}  // namespace sanerf::poses
