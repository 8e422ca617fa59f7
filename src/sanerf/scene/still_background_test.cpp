#include "sanerf/scene/still_background.h"

#include <gtest/gtest.h>

#include <cmath>

#include "sanerf/core/random.h"
#include "sanerf/scene/scene_folder_test_support.h"

namespace sanerf::scene {
namespace {

constexpr int kWide = 64, kHigh = 48;

Camera CameraAt(const Pose& pose) {
  Camera camera;
  camera.width = kWide, camera.height = kHigh;
  camera.fx = camera.fy = 70;
  camera.cx = kWide / 2.0, camera.cy = kHigh / 2.0;
  camera.world_from_cam = pose;
  return camera;
}

// Blocks of random gray, 3 x 3 pixels, the same for the same seed: corners everywhere.
float BlockAt(int seed, int x, int y) { return Random(uint64_t(seed), uint64_t(x / 3), uint64_t(y / 3)).NextFloat(); }

// A room that depends on `room` and, within `radius` of the middle, a thing that depends on `thing`.
ImageF RoomAndThing(int room, int thing, double radius) {
  ImageF gray(kWide, kHigh, 1);
  for (int y = 0; y < kHigh; ++y)
    for (int x = 0; x < kWide; ++x) {
      const bool is_thing = std::hypot(x - kWide / 2, y - kHigh / 2) < radius;
      gray.At(x, y) = is_thing ? BlockAt(1000 + thing, x, y) : BlockAt(room, x, y);
    }
  return gray;
}

TEST(StillBackground, ARoomThatStaysWhileTheCamerasGoAroundIsATurntable) {
  std::vector<SmallPhoto> photos;
  for (int i = 0; i < 12; ++i) photos.push_back({RoomAndThing(7, i, 14), CameraAt(RingPose(i, 12))});
  const StillBackground found = FindStillBackground(photos);
  EXPECT_TRUE(found.IsTurntable());
  EXPECT_GT(found.share, 0.5);  // the disk is a fifth of the picture
  EXPECT_LT(found.share, 0.9);
  ASSERT_EQ(found.stands.size(), 1u);
  EXPECT_EQ(found.stands[0].size(), 12u);
}

TEST(StillBackground, APhotoOfElsewhereBelongsToNoStand) {
  std::vector<SmallPhoto> photos;
  for (int i = 0; i < 12; ++i) photos.push_back({RoomAndThing(i == 5 ? 99 : 7, i, 14), CameraAt(RingPose(i, 12))});
  const StillBackground found = FindStillBackground(photos);
  EXPECT_TRUE(found.IsTurntable());
  ASSERT_EQ(found.stands.size(), 1u);
  EXPECT_EQ(found.stands[0].size(), 11u);
  for (const int photo : found.stands[0]) EXPECT_NE(photo, 5);
}

TEST(StillBackground, TwoHeightsOfTheCameraAreTwoStands) {
  std::vector<SmallPhoto> photos;
  for (int i = 0; i < 14; ++i)
    photos.push_back({RoomAndThing(i % 2, i, 14), CameraAt(RingPose(i, 14, 2, i % 2 == 0 ? 0.6 : 1.4))});
  const StillBackground found = FindStillBackground(photos);
  EXPECT_TRUE(found.IsTurntable());
  ASSERT_EQ(found.stands.size(), 2u);
  for (const std::vector<int>& stand : found.stands) {
    ASSERT_EQ(stand.size(), 7u);
    for (const int photo : stand) EXPECT_EQ(photo % 2, stand[0] % 2);
  }
}

TEST(StillBackground, WhatChangesFromPhotoToPhotoIsAnOrdinaryCapture) {
  std::vector<SmallPhoto> photos;
  for (int i = 0; i < 12; ++i) photos.push_back({RoomAndThing(i, i, 14), CameraAt(RingPose(i, 12))});
  const StillBackground found = FindStillBackground(photos);
  EXPECT_LT(found.share, 0.02);
  EXPECT_TRUE(found.stands.empty());
}

// The same pictures, but their poses do not say that the camera moved: nothing is wrong with them.
TEST(StillBackground, ACameraThatStandsStillMaySeeTheSame) {
  std::vector<SmallPhoto> photos;
  for (int i = 0; i < 12; ++i) photos.push_back({RoomAndThing(7, i, 14), CameraAt(RingPose(0, 12))});
  EXPECT_FALSE(FindStillBackground(photos).IsTurntable());
}

// What is far away stays where it is when the camera only moves sideways.
TEST(StillBackground, MovingSidewaysBeforeAFarBackgroundIsOrdinary) {
  std::vector<SmallPhoto> photos;
  for (int i = 0; i < 12; ++i) {
    Pose pose = LookAt({0, -2, 1}, Vec3::Zero());
    pose.translation += 0.1 * i * pose.rotation.col(0);
    photos.push_back({RoomAndThing(7, i, 14), CameraAt(pose)});
  }
  EXPECT_FALSE(FindStillBackground(photos).IsTurntable());
}

// An edge runs along itself, plain walls show nothing: a horizon, a vase of one color.
TEST(StillBackground, EdgesAndPlainWallsAreNoEvidence) {
  std::vector<SmallPhoto> photos;
  for (int i = 0; i < 12; ++i) {
    ImageF gray = RoomAndThing(0, i, 14);
    for (int y = 0; y < kHigh; ++y)
      for (int x = 0; x < kWide; ++x)
        if (std::hypot(x - kWide / 2, y - kHigh / 2) >= 14) gray.At(x, y) = y < 10 ? 0.9f : 0.3f;
    photos.push_back({gray, CameraAt(RingPose(i, 12))});
  }
  EXPECT_FALSE(FindStillBackground(photos).IsTurntable());
}

TEST(StillBackground, TooFewPhotosSayNothing) {
  std::vector<SmallPhoto> photos;
  EXPECT_EQ(FindStillBackground(photos).share, 0);
  for (int i = 0; i < 3; ++i) photos.push_back({RoomAndThing(7, i, 14), CameraAt(RingPose(i, 12))});
  EXPECT_EQ(FindStillBackground(photos).share, 0);
}

// Cameras on a level ring of radius 2 look at the origin: their middle pixels can all show it. The rays through a pixel
// 28 of 70 pixels beside the middle touch a cylinder of radius 2 sin(atan(28 / 70)) = 0.74 from all sides. The point
// nearest to all of them is on its axis, at the angle atan(28 / 70) = 22 degrees from each.
TEST(StillBackground, TheLeastMotionOfARing) {
  std::vector<Camera> ring, row;
  for (int i = 0; i < 12; ++i) {
    ring.push_back(CameraAt(RingPose(i, 12, 2, 0)));
    Pose pose = LookAt({0, -2, 0}, Vec3::Zero());
    pose.translation += 0.3 * i * pose.rotation.col(0);
    row.push_back(CameraAt(pose));
  }
  EXPECT_NEAR(LeastMotion(ring, {32, 24}), 0, 1e-6);
  EXPECT_NEAR(LeastMotion(ring, {60, 24}), 70 * std::atan(28.0 / 70), 1e-6);
  EXPECT_NEAR(LeastMotion(row, {10, 40}), 0, 1e-6);  // infinitely far
}

}  // namespace
}  // namespace sanerf::scene
