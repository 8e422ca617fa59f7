#include "sanerf/eval/consistency.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sanerf::eval {
namespace {

using ::testing::ElementsAre;

constexpr int kWidth = 60, kHeight = 20;
constexpr double kFocal = 50, kDistance = 5;

// A camera at (x, 0, 0) that looks along -z at the plane z = -5. Moving it by kDistance / kFocal = 0.1 moves the
// plane's image by exactly one pixel to the left.
DepthView PlaneSeenFrom(double x) {
  DepthView view;
  view.camera.width = kWidth;
  view.camera.height = kHeight;
  view.camera.fx = view.camera.fy = kFocal;
  view.camera.cx = kWidth / 2.0;
  view.camera.cy = kHeight / 2.0;
  view.camera.world_from_cam.translation = Vec3(x, 0, 0);
  view.depth = ImageF(kWidth, kHeight, 1, float(kDistance));
  return view;
}

BitMask Columns(int from, int to) {
  ImageU8 mask(kWidth, kHeight, 1);
  for (int y = 0; y < kHeight; ++y) {
    for (int x = from; x < to; ++x) mask.At(x, y) = 255;
  }
  return BitMask::Above<uint8_t>(mask, 0);
}

// The second camera stands 4 pixels to the right: what the first sees in columns 20..39 the second sees in 16..35.
TEST(Consistency, IsOneForTheSameRegionOfThePlane) {
  const std::vector<ConsistencyScore> scores =
      ScoreConsistency({PlaneSeenFrom(0), PlaneSeenFrom(0.4)}, {{Columns(20, 40)}, {Columns(16, 36)}});
  ASSERT_EQ(scores.size(), 1u);
  EXPECT_EQ(scores[0].num_pairs, 2);
  EXPECT_EQ(scores[0].intersection, 2 * 20 * kHeight);
  EXPECT_EQ(scores[0].Iou(), 1);
}

// The second mask is 5 columns off: 15 of the 20 columns agree, 25 are in one of the masks, in either direction.
TEST(Consistency, OfAShiftedMaskIsTheOverlapOfTheStripes) {
  const std::vector<ConsistencyScore> scores =
      ScoreConsistency({PlaneSeenFrom(0), PlaneSeenFrom(0.4)}, {{Columns(20, 40)}, {Columns(21, 41)}});
  EXPECT_EQ(scores[0].intersection, 2 * 15 * kHeight);
  EXPECT_EQ(scores[0].union_, 2 * 25 * kHeight);
  EXPECT_DOUBLE_EQ(scores[0].Iou(), 0.6);
}

TEST(Consistency, ScoresEveryObjectByItself) {
  const std::vector<ConsistencyScore> scores = ScoreConsistency(
      {PlaneSeenFrom(0), PlaneSeenFrom(0.4)}, {{Columns(20, 40), Columns(0, 0)}, {Columns(21, 41), Columns(0, 0)}});
  ASSERT_EQ(scores.size(), 2u);
  EXPECT_DOUBLE_EQ(scores[0].Iou(), 0.6);
  EXPECT_EQ(scores[1].Iou(), 0);  // nowhere an object
}

TEST(Consistency, OfASingleViewIsNone) {
  const std::vector<ConsistencyScore> scores = ScoreConsistency({PlaneSeenFrom(0)}, {{Columns(20, 40)}});
  ASSERT_EQ(scores.size(), 1u);
  EXPECT_EQ(scores[0].num_pairs, 0);
  EXPECT_TRUE(std::isnan(scores[0].Iou()));
}

// In the second view something nearer hides columns 16..25 (the place of 20..29 in the first). Those pixels say
// nothing: the first mask keeps 10 columns that are seen twice. The second mask ends where the occluder begins.
TEST(Consistency, LeavesOutWhatTheOtherViewDoesNotSee) {
  DepthView occluded = PlaneSeenFrom(0.4);
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 16; x < 26; ++x) occluded.depth.At(x, y) = 2;
  }
  const std::vector<ConsistencyScore> scores =
      ScoreConsistency({PlaneSeenFrom(0), occluded}, {{Columns(20, 40)}, {Columns(26, 36)}});
  EXPECT_EQ(scores[0].intersection, 2 * 10 * kHeight);
  EXPECT_EQ(scores[0].Iou(), 1);
}

TEST(Consistency, OutsideAndEmptyPlacesHaveNoCorrespondence) {
  DepthView from = PlaneSeenFrom(0), to = PlaneSeenFrom(0.4);
  from.depth.At(30, 7) = 0;
  const std::vector<int64_t> pixels = Correspondences(from, to, 0.02);
  EXPECT_EQ(pixels[7 * kWidth + 3], -1);   // 4 columns to the left of the image
  EXPECT_EQ(pixels[7 * kWidth + 30], -1);  // nothing there
  EXPECT_EQ(pixels[7 * kWidth + 31], 7 * kWidth + 27);
  to.depth.At(27, 7) = 0;
  EXPECT_EQ(Correspondences(from, to, 0.02)[7 * kWidth + 31], -1);
}

TEST(Consistency, DepthMayDifferByTheTolerance) {
  const DepthView from = PlaneSeenFrom(0);
  DepthView to = PlaneSeenFrom(0);
  to.depth = ImageF(kWidth, kHeight, 1, 5.09f);  // 1.8 %
  EXPECT_EQ(Correspondences(from, to, 0.02)[100], 100);
  EXPECT_EQ(Correspondences(from, to, 0.015)[100], -1);
}

TEST(Consistency, NeighborsAreTheNearestThatLookTheSameWay) {
  std::vector<DepthView> views = {PlaneSeenFrom(0), PlaneSeenFrom(3), PlaneSeenFrom(0.1), PlaneSeenFrom(-1)};
  EXPECT_THAT(NeighborsOf(0, views, 2), ElementsAre(2, 3));
  EXPECT_THAT(NeighborsOf(0, views, 9), ElementsAre(2, 3, 1));
  views[2].camera.world_from_cam.rotation = Eigen::AngleAxisd(M_PI, Vec3::UnitY()).toRotationMatrix();
  EXPECT_THAT(NeighborsOf(0, views, 2), ElementsAre(3, 1));
}

}  // namespace
}  // namespace sanerf::eval
