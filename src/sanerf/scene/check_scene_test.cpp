#include "sanerf/scene/check_scene.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/core/npy.h"
#include "sanerf/scene/load_scene.h"
#include "sanerf/scene/scene_folder_test_support.h"

namespace fs = std::filesystem;

namespace sanerf::scene {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class CheckSceneTest : public SceneFolderTest {
 protected:
  void SetUp() override {
    SceneFolderTest::SetUp();
    for (int i = 0; i < kViews; ++i) WriteImage(fmt::format("images/0{}.png", i));
    file_ = {{"fl_x", 20}, {"frames", RingFrames(kViews)}};
  }
  Json& frame(int i) { return file_["frames"][size_t(i)]; }
  Scene Load() {
    WriteText("transforms.json", file_.dump());
    return LoadScene(root_, {}, Job());
  }
  std::string LoadError() {
    return ErrorText([&] { Load(); });
  }
  std::string ErrorWith(const char* key, const Json& value) {
    const Json before = file_;
    frame(2)[key] = value;
    std::string text = LoadError();
    file_ = before;
    return text;
  }

  static constexpr int kViews = 5;
  Json file_;
};

TEST_F(CheckSceneTest, IntrinsicsThatNoLensHas) {
  const auto named = HasSubstr(root_.string() + ": images/02.png: no camera has focal length");
  EXPECT_THAT(ErrorWith("fl_x", 1e308), AllOf(named, HasSubstr("less than any lens sees")));
  EXPECT_THAT(ErrorWith("fl_x", 1e-308), AllOf(named, HasSubstr("it would see 90 degrees off its axis")));
  EXPECT_THAT(ErrorWith("fl_y", 300), AllOf(named, HasSubstr("its pixels would be 15 times longer than wide")));
  EXPECT_THAT(ErrorWith("cx", 1e300), AllOf(named, HasSubstr("principal point 1e+300, 6"), HasSubstr("90 degrees")));
  EXPECT_THAT(ErrorWith("cy", -1e4), AllOf(named, HasSubstr("principal point 8, -10000")));
  EXPECT_THAT(ErrorWith("k1", 1e30),
              AllOf(named, HasSubstr("perspective lens, k1 1e+30"), HasSubstr("less than any lens sees")));
  EXPECT_THAT(ErrorWith("k1", -1e30), AllOf(named, HasSubstr("cannot be undone in the middle of the picture")));
  EXPECT_THAT(ErrorWith("k2", 1e308), AllOf(named, HasSubstr("k2 1e+308")));
  EXPECT_THAT(ErrorWith("p1", 1e300), AllOf(named, HasSubstr("p1 1e+300")));
}

// At the ends of what real cameras do: a 9 mm lens on full frame, 2000 mm on a third of an inch, a crop far from the
// axis.
TEST_F(CheckSceneTest, IntrinsicsThatSomeLensHas) {
  EXPECT_EQ(ErrorWith("fl_x", 16 * 9 / 36.0), "");
  EXPECT_EQ(ErrorWith("fl_x", 16 * 2000 / 4.8), "");
  EXPECT_EQ(ErrorWith("cx", -40), "");
  frame(1)["k1"] = -0.3, frame(1)["k2"] = 0.1;  // a usual barrel distortion
  EXPECT_THAT(Load().warnings, IsEmpty());
}

// r (1 + k1 r^2) turns at r^2 = -1 / (3 k1): at 0.47 for k1 = -1.5, between the corners of this picture (0.5) and the
// middle of its sides (0.4), measured before the lens.
TEST_F(CheckSceneTest, DistortionThatFoldsOnlyTheCorners) {
  frame(2)["k1"] = -1.5;
  EXPECT_THAT(Load().warnings,
              ElementsAre(AllOf(HasSubstr("the lens distortion of 1 photo cannot be undone"),
                                HasSubstr("% of the pixels have no ray"), HasSubstr("images/02.png"))));
}

// Equidistant, 16 x 12 pixels: with f = 4 the corners are 2.5 radians off the axis, 143 degrees. One that turns back at
// 0.9 of the way to the corners leaves those without a ray.
TEST_F(CheckSceneTest, WideLensesSeeBehindThemselvesAndTheirDarkRimIsSaid) {
  file_["camera_model"] = "OPENCV_FISHEYE";
  file_["fl_x"] = 4;
  EXPECT_THAT(Load().warnings, IsEmpty());
  file_["k1"] = -1 / (3 * 2.25 * 2.25);  // 1 + 3 k1 t^2 = 0 at t = 2.25, which falls on 1.5
  const Scene scene = Load();
  EXPECT_THAT(scene.warnings, ElementsAre(AllOf(HasSubstr("of 5 photos cannot be undone"), HasSubstr("no ray"))));
  EXPECT_TRUE(scene.views[0].camera.HasRay({8, 1}));
  EXPECT_FALSE(scene.views[0].camera.HasRay({1, 1}));
  const ImageF photo = LoadViewImage(scene.views[0]);
  ASSERT_EQ(photo.channels, 4);
  EXPECT_EQ(photo.At(0, 0, 3), 0);
  EXPECT_EQ(photo.At(8, 6, 3), 1);
}

TEST_F(CheckSceneTest, PlacesWhereNoSceneIs) {
  frame(3)["transform_matrix"][1][3] = 1e300;
  EXPECT_THAT(LoadError(), HasSubstr("images/03.png: its camera stands at ("));
  EXPECT_THAT(LoadError(), HasSubstr("1e+300"));
}

TEST_F(CheckSceneTest, CamerasFarFromTheOthersAreAWarning) {
  Json& far = frame(3)["transform_matrix"];
  for (int axis = 0; axis < 3; ++axis) far[axis][3] = 1000 * far[axis][3].get<double>();
  EXPECT_THAT(Load().warnings, ElementsAre(AllOf(HasSubstr("1 photo was taken from more than 64 times as far"),
                                                 HasSubstr("images/03.png"))));
}

TEST_F(CheckSceneTest, CamerasWithinRoundingOfOnePlaceGetAFrameOfUsualSize) {
  for (int i = 0; i < kViews; ++i) {
    for (int axis = 0; axis < 3; ++axis) frame(i)["transform_matrix"][axis][3] = 1e-300 * i;
  }
  const Scene scene = Load();
  EXPECT_THAT(scene.warnings, ElementsAre(HasSubstr("all cameras stand at the same place")));
  EXPECT_EQ(scene.model_from_file.scale, 1);
}

// The usual walk down a corridor.
TEST_F(CheckSceneTest, ForwardMotionAloneIsReadWithAWarning) {
  const auto warnings = [&](double beside, double turn) {
    for (int i = 0; i < kViews; ++i) {
      Pose pose = LookAt(Vec3(0, i, 1.6), Vec3(turn * (i - 2), i + 1, 1.6));
      pose.translation.x() += i % 2 == 0 ? beside : -beside;
      frame(i)["transform_matrix"] = MatrixOf(pose);
    }
    return Load().warnings;
  };
  EXPECT_THAT(warnings(0, 0), ElementsAre(HasSubstr("all cameras stand on one line and look along it")));
  EXPECT_THAT(warnings(0.01, 0.05), ElementsAre(HasSubstr("all cameras stand on one line and look along it")));
  EXPECT_THAT(warnings(0.3, 0), IsEmpty());
  EXPECT_THAT(warnings(0, 0.5), IsEmpty()) << "who looks around sees things from two sides";
  warnings(0, 0);
  const Scene scene = Load();
  ASSERT_TRUE(scene.model_from_file.translation.allFinite());
  for (const View& view : scene.views) {
    const Vec3 center = scene.model_from_file * view.camera.center();
    EXPECT_LT(center.cwiseAbs().maxCoeff(), scene.extent);
    EXPECT_GT(view.camera.In(scene.model_from_file).ZDepth(Vec3::Zero()), scene.near) << "the focus is ahead of all";
  }
}

TEST_F(CheckSceneTest, FewPhotosAreReadAndSaidBeforeTraining) {
  for (int n = 1; n <= kViews; ++n) {
    file_["frames"] = RingFrames(n);
    const Scene scene = Load();
    EXPECT_EQ(scene.views.size(), size_t(n));
    EXPECT_TRUE(scene.model_from_file.translation.allFinite());
    EXPECT_THAT(scene.warnings, IsEmpty());
    const std::string few = FewPhotos(scene);
    const std::vector<std::string> expected = {
        "there is one photo to train on, which shows no depth; a radiance field shows what lies between ten photos or "
        "more",
        "there is one photo to train on", "there are two photos to train on", "", ""};
    EXPECT_EQ(few.substr(0, expected[size_t(n - 1)].size()), expected[size_t(n - 1)]);
    EXPECT_EQ(few.empty(), n > 3);
    EXPECT_EQ(few.find("(1 photo is held out: --test-every 0 holds none out") != std::string::npos, n == 2 || n == 3);
  }
}

TEST_F(CheckSceneTest, NearBeyondFar) {
  for (int i = 0; i < kViews; ++i) frame(i)["near"] = 1, frame(i)["far"] = 4;
  EXPECT_THAT(Load().warnings, IsEmpty());
  frame(2)["near"] = 5;
  EXPECT_THAT(LoadError(), HasSubstr("images/02.png: what it sees would begin at depth 5 (near) and end at 4 (far)"));
  frame(2)["near"] = 1, frame(2)["far"] = 1e300;
  EXPECT_THAT(LoadError(), HasSubstr("end at 1e+300 (far)"));
  frame(2)["near"] = -1, frame(2)["far"] = 4;
  EXPECT_THAT(Load().warnings, ElementsAre(AllOf(HasSubstr("the depth bounds of 1 photo do not begin in front"),
                                                 HasSubstr("images/02.png"))));
}

TEST_F(CheckSceneTest, OnePhotoTwice) {
  file_["frames"].push_back(frame(1));
  const Scene scene = Load();
  EXPECT_EQ(scene.views.size(), size_t(kViews));
  EXPECT_THAT(scene.warnings, ElementsAre("1 photo listed more than once and taken once: images/01.png"));

  frame(kViews)["file_path"] = "./images/01";  // the same file, written in another way
  frame(kViews)["transform_matrix"] = frame(0)["transform_matrix"];
  EXPECT_THAT(LoadError(), AllOf(HasSubstr("images/01.png: the photo is listed twice, with two poses"),
                                 HasSubstr("remove one of the two entries from instant-ngp transforms.json")));
  frame(kViews) = frame(1);
  frame(kViews)["fl_x"] = 21;
  EXPECT_THAT(LoadError(), HasSubstr("the photo is listed twice, with two focal lengths"));
  frame(kViews) = frame(1);
  frame(kViews)["time"] = 0.5;
  EXPECT_THAT(LoadError(), HasSubstr("the photo is listed twice, at two times"));
}

TEST_F(CheckSceneTest, OnePhotoUnderTwoNames) {
  fs::create_symlink("01.png", root_ / "images/09.png");
  file_["frames"].push_back(frame(1));
  frame(kViews)["file_path"] = "images/09.png";
  const Scene scene = Load();
  EXPECT_EQ(scene.views.size(), size_t(kViews));
  EXPECT_THAT(scene.warnings, ElementsAre("1 photo listed more than once and taken once: images/09.png"));
  frame(kViews)["transform_matrix"] = frame(0)["transform_matrix"];
  EXPECT_THAT(LoadError(), HasSubstr("images/09.png: the photo is listed twice, with two poses"));
}

TEST_F(CheckSceneTest, OnePhotoToTrainAndToTest) {
  WriteText("transforms_train.json", file_.dump());
  WriteText("transforms_test.json", Json{{"fl_x", 20}, {"frames", {frame(1)}}}.dump());
  EXPECT_THAT(ErrorText([&] { LoadScene(root_, {}, Job()); }),
              HasSubstr("images/01.png: the photo is listed twice, to train and to test"));
}

TEST_F(CheckSceneTest, NoTestPhoto) {
  WriteText("transforms_train.json", file_.dump());
  WriteText("transforms_test.json", Json{{"fl_x", 20}, {"frames", Json::array()}}.dump());
  const Scene scene = LoadScene(root_, {}, Job());
  EXPECT_THAT(scene.TestViews(), IsEmpty());
  EXPECT_THAT(scene.warnings, ElementsAre(AllOf(HasSubstr("no photo is held out to test on"),
                                                HasSubstr("transforms_test.json names none that exists"))));
}

TEST_F(CheckSceneTest, NerfstudioListsOfTestPhotos) {
  file_["test_filenames"] = Json::array();
  EXPECT_THAT(Load().warnings, ElementsAre(HasSubstr("no photo is held out to test on")));
  EXPECT_THAT(Load().TestViews(), IsEmpty()) << "an empty list is a list: no view is held out instead";
  file_["test_filenames"] = {"images/02.png", "images/77.png"};
  EXPECT_THAT(Load().warnings, ElementsAre("1 of the 2 test photos that transforms.json names is not among its frames: "
                                           "images/77.png"));
}

TEST_F(CheckSceneTest, NulInAName) {
  const std::string name("images/02.png\0.jpg", 18);
  EXPECT_THAT(ErrorWith("file_path", name),
              HasSubstr(root_.string() + ": the listed name 'images/02.png\\0.jpg' has a NUL character in it"));
  EXPECT_THAT(ErrorWith("mask_path", name), HasSubstr("'images/02.png\\0.jpg' has a NUL"));
}

TEST_F(CheckSceneTest, ContentBoxOutOfReach) {
  file_["aabb_scale"] = 1e308;
  EXPECT_THAT(LoadError(), AllOf(HasSubstr("the box of the scene reaches from (-1.5"), HasSubstr("aabb_scale")));
  file_["aabb_scale"] = 1;
  file_["scale"] = 1e-308;
  EXPECT_THAT(LoadError(), HasSubstr("the box of the scene reaches from"));
}

// The determinant overflows, and comparisons with what comes out are all false.
TEST_F(CheckSceneTest, AxesTooLongToMeasure) {
  for (int row = 0; row < 3; ++row) {
    for (int axis = 0; axis < 3; ++axis) frame(2)["transform_matrix"][row][axis] = 1e200 * (1 + row + axis * axis);
  }
  EXPECT_THAT(LoadError(),
              AllOf(HasSubstr("frames[2].transform_matrix (images/02.png)"), HasSubstr("too long to measure")));
}

// The same check stands behind every reader; here LLFF's, whose numbers come from no JSON.
TEST_F(CheckSceneTest, LlffRows) {
  std::vector<float> rows;
  for (int i = 0; i < kViews; ++i) {
    const float row[17] = {0, 1, 0, float(i), 12, 1, 0, 0, 0, 16, 0, 0, -1, 0, 20, 1, 4};
    rows.insert(rows.end(), row, row + 17);
  }
  const auto load = [&](int row, int column, float value) {
    std::vector<float> changed = rows;
    changed[size_t(row * 17 + column)] = value;
    WriteNpy(root_ / "poses_bounds.npy", {kViews, 17}, changed.data());
    return ErrorText([&] { LoadScene(root_, {}, Job()); });
  };
  EXPECT_EQ(load(0, 0, 0), "");
  fs::rename(root_ / "images/03.png", root_ / "images/03\xff.png");
  EXPECT_THAT(load(0, 0, 0), AllOf(HasSubstr("images/03\xff.png: its name is not UTF-8"), HasSubstr("rename it")));
  fs::rename(root_ / "images/03\xff.png", root_ / "images/03.png");
  EXPECT_THAT(load(2, 3, 1e30f), HasSubstr("images/02.png: its camera stands at (1e+30"));
  EXPECT_THAT(load(2, 14, 1e30f), HasSubstr("images/02.png: no camera has focal length 1e+30"));
  EXPECT_THAT(load(2, 15, 5),
              HasSubstr("images/02.png: what it sees would begin at depth 5 (near) and end at 4 (far)"));
  EXPECT_THAT(load(2, 4, 1e30f), AllOf(HasSubstr("row 2 (images/02.png)"), HasSubstr("height 1e+30")));
}

// And the rest of what a reader could hand over, which its own checks keep it from doing today.
TEST(CheckListing, PoseThatIsNotARotation) {
  SceneListing listing;
  listing.root = "scene";
  ListedView listed;
  listed.view.name = "a.png", listed.view.image_path = "/scene/a.png";
  listed.view.camera.width = 16, listed.view.camera.height = 12;
  listed.view.camera.fx = listed.view.camera.fy = 20, listed.view.camera.cx = 8, listed.view.camera.cy = 6;
  listing.views.push_back(listed);
  CheckListing(listing);
  // Checking may put the views elsewhere.
  const auto rotation = [&]() -> Mat3& { return listing.views[0].view.camera.world_from_cam.rotation; };
  rotation() *= 1.01;
  EXPECT_THAT(ErrorText([&] { CheckListing(listing); }), HasSubstr("scene: a.png: its pose is not a rotation"));
  rotation() = Mat3(Vec3(1, 1, -1).asDiagonal());
  EXPECT_THAT(ErrorText([&] { CheckListing(listing); }), HasSubstr("its pose is not a rotation"));
  rotation().setConstant(NAN);
  EXPECT_THAT(ErrorText([&] { CheckListing(listing); }), HasSubstr("its pose is not a rotation"));
}

}  // namespace
}  // namespace sanerf::scene
