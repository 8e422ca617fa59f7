#include "sanerf/scene/moments.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "sanerf/core/job.h"
#include "sanerf/scene/load_scene.h"
#include "sanerf/scene/scene_folder_test_support.h"

namespace sanerf::scene {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class MomentsTest : public SceneFolderTest {
 protected:
  // transforms.json of cameras that stand still, named as the bundled scenes over time are.
  Json FixedCameras(int num_cameras, int num_moments) {
    Json json = {{"camera_angle_x", 0.8}, {"frames", Json::array()}};
    for (int c = 0; c < num_cameras; ++c)
      for (int t = 0; t < num_moments; ++t) {
        const std::string file = fmt::format("photos/c{}_t{:02}.png", c, t);
        WriteImage(file);
        json["frames"].push_back({{"file_path", file},
                                  {"time", num_moments > 1 ? double(t) / (num_moments - 1) : 0.0},
                                  {"transform_matrix", MatrixOf(RingPose(c, num_cameras))}});
      }
    return json;
  }
  Scene Load(const Json& json, const SceneOptions& options = {}) {
    WriteText("transforms.json", json.dump());
    return LoadScene(root_, options, Job());
  }
  std::string LoadError(const Json& json, const SceneOptions& options = {}) {
    return ErrorText([&] { Load(json, options); });
  }
};

TEST_F(MomentsTest, CamerasAreFoundByTheirPosesAndHeldOutWhole) {
  const Scene scene = Load(FixedCameras(9, 4));
  const Moments moments = MomentsOf(scene);
  EXPECT_EQ(moments.times.size(), 4u);
  ASSERT_EQ(moments.cameras.size(), 9u);
  EXPECT_EQ(moments.cameras[3].name, "photos/c3");
  for (int t = 0; t < 4; ++t)
    EXPECT_EQ(scene.views[size_t(moments.cameras[3].views[size_t(t)])].name, fmt::format("photos/c3_t{:02}.png", t));
  EXPECT_THAT(HeldOutCameras(moments, scene), ElementsAre("photos/c0", "photos/c8"));
  EXPECT_EQ(scene.TestViews().size(), 8u);
  EXPECT_THAT(scene.summary, AllOf(HasSubstr("9 cameras x 4 moments"), HasSubstr("(every 8th camera)")));
  EXPECT_EQ(moments.MomentOf(0.3), 1);
  EXPECT_EQ(moments.MomentOf(1), 3);
  EXPECT_EQ(moments.MomentOf(0), 0);
}

TEST_F(MomentsTest, ACameraThatIsCarriedAround) {
  Json json = {{"camera_angle_x", 0.8}, {"frames", RingFrames(10)}};
  for (int i = 0; i < 10; ++i) {
    WriteImage(json["frames"][size_t(i)]["file_path"].get<std::string>());
    json["frames"][size_t(i)]["time"] = i / 9.0;
  }
  const Scene scene = Load(json);
  const Moments moments = MomentsOf(scene);
  EXPECT_TRUE(scene.is_dynamic);
  EXPECT_FALSE(moments.HasFixedCameras());
  EXPECT_EQ(Description(moments, 0), "a moving camera, 10 moments");
  EXPECT_EQ(scene.TestViews().size(), 2u);  // every eighth photo
}

TEST_F(MomentsTest, FramesAreMomentsOfAnySceneWithTimes) {
  SceneOptions options;
  options.frames = "1:4:2";
  const Scene scene = Load(FixedCameras(3, 5), options);
  EXPECT_EQ(scene.views.size(), 6u);
  EXPECT_THAT(MomentsOf(scene).times, ElementsAre(0, 1)) << "of what is left";
  options.frames = "0:6";
  EXPECT_THAT(LoadError(FixedCameras(3, 5), options), HasSubstr("there are 5 moments"));
  Json without = FixedCameras(3, 5);
  for (Json& frame : without["frames"]) frame.erase("time");
  options.frames = "0:2";
  EXPECT_THAT(LoadError(without, options), AllOf(HasSubstr("scene.frames=0:2"), HasSubstr("have no times")));
}

TEST_F(MomentsTest, TimesThatCannotBe) {
  Json json = FixedCameras(2, 3);
  json["frames"][4]["time"] = 1.5;
  EXPECT_THAT(LoadError(json), AllOf(HasSubstr("frames[4].time: 1.5 is not between 0 and 1"), HasSubstr("share")));
  json["frames"][4]["time"] = -0.1;
  EXPECT_THAT(LoadError(json), HasSubstr("frames[4].time: -0.1 is not between 0 and 1"));
  json["frames"][4]["time"] = "now";
  EXPECT_THAT(LoadError(json), HasSubstr("frames[4].time"));
  json["frames"][4].erase("time");
  EXPECT_THAT(LoadError(json), AllOf(HasSubstr("5 of 6 photos have a time, photos/c1_t01.png has none")));
}

TEST_F(MomentsTest, ASingleMomentIsAStaticScene) {
  const Scene scene = Load(FixedCameras(6, 1));
  EXPECT_FALSE(scene.is_dynamic);
  EXPECT_THAT(scene.warnings, Contains(HasSubstr("all photos are of one moment (time 0)")));
}

TEST_F(MomentsTest, ACameraThatLacksMomentsIsNamed) {
  Json json = FixedCameras(4, 4);
  json["frames"].erase(9);
  EXPECT_THAT(Load(json).warnings,
              Contains(HasSubstr("1 camera has fewer moments than the others: photos/c2 (3 of 4)")));
}

// Nothing moves in front of a camera: its photos are the same, and still are of different moments.
TEST_F(MomentsTest, FramesAlikeAreNoCopies) {
  const Json json = FixedCameras(3, 3);
  for (int t = 1; t < 3; ++t)
    std::filesystem::copy_file(root_ / "photos/c1_t00.png", root_ / fmt::format("photos/c1_t{:02}.png", t),
                               std::filesystem::copy_options::overwrite_existing);
  const Scene scene = Load(json);
  EXPECT_EQ(scene.views.size(), 9u);
  EXPECT_THAT(scene.warnings, IsEmpty());
}

}  // namespace
}  // namespace sanerf::scene
