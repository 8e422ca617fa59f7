#include "sanerf/scene/model_frame.h"

#include <gtest/gtest.h>

#include "sanerf/core/job.h"
#include "sanerf/scene/focus.h"
#include "sanerf/scene/scene_folder_test_support.h"

namespace sanerf::scene {
namespace {

SceneListing ListingOf(const std::vector<Pose>& poses, const Similarity& file_from_scene = {}) {
  SceneListing listing;
  for (const Pose& pose : poses) {
    ListedView listed;
    Camera& camera = listed.view.camera;
    camera.width = camera.height = 100;
    camera.fx = camera.fy = 120;
    camera.cx = camera.cy = 50;
    camera.world_from_cam = file_from_scene * pose;
    listing.views.push_back(listed);
  }
  return listing;
}

std::vector<Pose> Ring(int n, double radius = 2, double height = 1) {
  std::vector<Pose> poses;
  for (int i = 0; i < n; ++i) poses.push_back(RingPose(i, n, radius, height));
  return poses;
}

TEST(ModelFrame, InwardSceneIsCenteredAndScaled) {
  SceneListing listing = ListingOf(Ring(12), {3, Mat3::Identity(), Vec3(10, -4, 2)});
  listing.z_up = true;
  const ModelFrame frame = FitModelFrame(listing, false, Job());
  EXPECT_LT((frame.model_from_file * Vec3(10, -4, 2)).norm(), 1e-9);
  EXPECT_NEAR((frame.model_from_file * listing.views[0].view.camera.center()).norm(), 1, 1e-9);
  EXPECT_TRUE(frame.model_from_file.rotation.isIdentity()) << "files with z up keep their axes";
  EXPECT_EQ(frame.extent, 16) << "nothing is known about the surroundings";
  EXPECT_EQ(frame.near, 0.05);
}

TEST(ModelFrame, WorldsWithoutAConventionAreTurnedUpright) {
  // A capture whose world is y-down, as structure from motion leaves it.
  Mat3 y_down;
  y_down << 1, 0, 0, 0, 0, -1, 0, 1, 0;
  const SceneListing listing = ListingOf(Ring(12), {0.5, y_down, Vec3(1, 2, 3)});
  const ModelFrame frame = FitModelFrame(listing, false, Job());
  EXPECT_TRUE((frame.model_from_file.rotation * y_down * Vec3::UnitZ()).isApprox(Vec3::UnitZ(), 1e-6));
  EXPECT_NEAR(frame.model_from_file.rotation.determinant(), 1, 1e-9);
}

TEST(ModelFrame, UpIsRightForCamerasThatAllLookDownOnOneSide) {
  // An arc seen from steeply above: the mean of the cameras' up axes leans by 60 degrees, the plane of their x axes
  // not.
  std::vector<Pose> arc;
  for (int i = 0; i < 9; ++i) {
    const double a = 0.3 * i;
    arc.push_back(LookAt({std::cos(a), std::sin(a), 1.2}, Vec3::Zero()));
  }
  const SceneListing listing = ListingOf(arc);
  std::vector<const Camera*> cameras;
  for (const auto& v : listing.views) cameras.push_back(&v.view.camera);
  ASSERT_TRUE(CameraUp(cameras));
  EXPECT_TRUE(CameraUp(cameras)->isApprox(Vec3::UnitZ(), 1e-6));
}

TEST(ModelFrame, StrayCamerasDoNotPullTheFocus) {
  std::vector<Pose> poses = Ring(20);
  poses.push_back(LookAt({2, 0, 1}, {2, 9, 1.5}));  // someone pointed the camera away once
  poses.push_back(LookAt({0, 2, 1}, {7, 7, 4}));
  const SceneListing listing = ListingOf(poses);
  const ModelFrame frame = FitModelFrame(listing, false, Job());
  EXPECT_LT((frame.model_from_file * Vec3::Zero()).norm(), 0.03);
  EXPECT_NEAR(frame.model_from_file.scale, 1 / std::sqrt(5.0), 0.02);
}

TEST(ModelFrame, AFarCameraDoesNotShrinkTheScene) {
  std::vector<Pose> poses = Ring(20);
  poses.push_back(LookAt({40, 0, 5}, Vec3::Zero()));
  SceneListing listing = ListingOf(poses);
  listing.content = Box{Vec3(-3, -3, -3), Vec3(3, 3, 3)};
  const ModelFrame frame = FitModelFrame(listing, false, Job());
  EXPECT_NEAR(frame.model_from_file.scale, 0.5 / std::sqrt(5.0), 1e-6);
  EXPECT_EQ(frame.extent, 16) << "the model must still hold that camera, 9 units away";
}

TEST(ModelFrame, ContentBoxGivesTheExtent) {
  SceneListing listing = ListingOf(Ring(12));
  listing.content = Box{Vec3(-6, -6, -6), Vec3(6, 6, 6)};  // 6 / sqrt(5) = 2.7
  EXPECT_EQ(FitModelFrame(listing, false, Job()).extent, 4);
}

TEST(ModelFrame, ParallelAxesUseTheBounds) {
  std::vector<Pose> row;
  for (int i = 0; i < 5; ++i) row.push_back(LookAt({0.2 * i - 0.4, 0, 0}, {0.2 * i - 0.4, 9, 0}));
  SceneListing listing = ListingOf(row);
  for (auto& listed : listing.views) listed.bounds = DepthBounds{3, 6};
  const ModelFrame frame = FitModelFrame(listing, false, Job());
  EXPECT_LT((frame.model_from_file * Vec3(0, 4, 0)).norm(), 1e-9);  // 2 / (1/3 + 1/6)
  EXPECT_EQ(frame.near, 0.25);
  // Far corners at 1.25 * 6 = 7.5: model reach 7.5/4 - 1 in depth, (0.4 + 7.5 * 50/120) / 4 = 0.88 sideways.
  EXPECT_EQ(frame.extent, 2);
  for (auto& listed : listing.views) listed.bounds = std::nullopt;
  const ModelFrame blind = FitModelFrame(listing, false, Job());
  EXPECT_NEAR(blind.model_from_file.scale, 1 / 2.4, 1e-9);  // six times the spread of 0.4
}

// Someone turned around in a room: the axes meet behind the cameras.
TEST(ModelFrame, CamerasThatLookAroundARoomAreItsMiddle) {
  std::vector<Pose> outward;
  for (const Pose& pose : Ring(12, 0.5, 0)) {
    outward.push_back(LookAt(pose.translation + Vec3(4, 5, 1.5), 3 * pose.translation + Vec3(4, 5, 1.5)));
  }
  SceneListing listing = ListingOf(outward);
  listing.z_up = true;
  listing.content = Box{Vec3(2, 3, 0), Vec3(6, 7, 3)};
  const ModelFrame frame = FitModelFrame(listing, false, Job());
  EXPECT_LT((frame.model_from_file * Vec3(4, 5, 1.5)).norm(), 1e-9);
  EXPECT_NEAR(frame.model_from_file.scale, 1 / 0.5, 1e-9);
  EXPECT_TRUE(frame.model_from_file.rotation.isIdentity());
  EXPECT_EQ(frame.extent, 4);  // the room's half of 2 m at that scale
}

TEST(ModelFrame, OneCameraIsEnoughForAFrame) {
  const ModelFrame frame = FitModelFrame(ListingOf({RingPose(0, 1)}), false, Job());
  EXPECT_TRUE(frame.model_from_file.translation.allFinite());
  EXPECT_GT(frame.model_from_file.scale, 0);
}

class AlphaHullTest : public SceneFolderTest {};

TEST_F(AlphaHullTest, CutOutObjectFillsTheBox) {
  // A ball of radius 0.4 at (0.3, -0.2, 0.1), seen by cameras all around at distance 2 … 3.
  const Vec3 center(0.3, -0.2, 0.1);
  const double radius = 0.4;
  SceneListing listing = ListingOf(Ring(14, 2, 0.4));
  const SceneListing above = ListingOf(Ring(10, 1.2, 2));
  listing.views.insert(listing.views.end(), above.views.begin(), above.views.end());
  for (size_t i = 0; i < listing.views.size(); ++i) {
    View& view = listing.views[i].view;
    listing.views[i].image.channels = 4;
    ImageU8 image(100, 100, 4);
    for (int y = 0; y < 100; ++y) {
      for (int x = 0; x < 100; ++x) {
        const Vec3 d = view.camera.RayInWorld(Vec2(x + 0.5, y + 0.5)).normalized(), v = center - view.camera.center();
        image.At(x, y, 3) = (v - d * d.dot(v)).norm() < radius ? 255 : 0;
      }
    }
    view.image_path = root_ / (std::to_string(i) + ".png");
    WritePng(view.image_path, image);
  }
  const ModelFrame frame = FitModelFrame(listing, true, Job());
  EXPECT_EQ(frame.extent, 1);
  const double size = radius * frame.model_from_file.scale;
  EXPECT_GT(size, 0.7);
  EXPECT_LT(size, 0.93);
  const Vec3 middle = frame.model_from_file * center;
  EXPECT_LT(middle.cwiseAbs().maxCoeff() + size, 1) << "the whole ball lies inside";
  for (const auto& listed : listing.views) {
    const double nearest = listed.view.camera.In(frame.model_from_file).ZDepth(middle) - size;
    EXPECT_GT(nearest, frame.near);
  }
  EXPECT_GT(frame.near, 0.5) << "empty space in front of the object is not sampled";
}

}  // namespace
}  // namespace sanerf::scene
