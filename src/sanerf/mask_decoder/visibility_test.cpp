#include "sanerf/mask_decoder/visibility.h"

#include <gtest/gtest.h>

#include "sanerf/core/job.h"
#include "sanerf/mask_decoder/analytic_scene_test_support.h"
#include "sanerf/mask_decoder/seeds.h"

namespace sanerf::mask_decoder {
namespace {

using namespace testing_scene;

constexpr DepthTolerance kTolerance{0.02, 0.01};

TEST(SurfaceDepthTest, ExactOnASlantedPlane) {
  // Rays of a pinhole with f = 20 and center (8, 8) meet the plane n.p = c; 1/z is affine in the pixel.
  const auto plane = [](double x, double y) { return 1 / (0.2 + 0.001 * (x - 8) - 0.0005 * (y - 8)); };
  ImageF depth(16, 16, 1);
  for (int y = 0; y < 16; ++y) {
    for (int x = 0; x < 16; ++x) depth.At(x, y) = static_cast<float>(plane(x + 0.5, y + 0.5));
  }
  for (const Vec2& px : {Vec2(8, 8), Vec2(3.2, 11.9), Vec2(7.5, 7.5), Vec2(12.01, 4.6)}) {
    EXPECT_NEAR(*SurfaceDepth(depth, px), plane(px.x(), px.y()), 1e-5);
  }
  EXPECT_NEAR(*SurfaceDepth(depth, {0.1, 0.1}), depth.At(0, 0), 0.1);  // the corner has no four neighbors
  EXPECT_FALSE(SurfaceDepth(depth, {16.0, 3}));
  EXPECT_FALSE(SurfaceDepth(depth, {-0.1, 3}));
}

TEST(SurfaceDepthTest, NeverBetweenTwoSurfaces) {
  ImageF depth(8, 8, 1, 5.f);
  for (int y = 0; y < 8; ++y) {
    for (int x = 0; x < 4; ++x) depth.At(x, y) = 2.f;
  }
  EXPECT_FLOAT_EQ(*SurfaceDepth(depth, {3.95, 4.2}), 2.f);
  EXPECT_FLOAT_EQ(*SurfaceDepth(depth, {4.05, 4.2}), 5.f);
}

TEST(SurfaceDepthTest, ThinThingsStayNoiseGoes) {
  ImageF depth(9, 9, 1, 5.f);
  for (int y = 0; y < 9; ++y) depth.At(2, y) = 1.f;  // a wire one pixel wide
  depth.At(6, 6) = 0.1f;                             // a speck
  depth.At(6, 2) = 0.f;                              // a pinhole
  EXPECT_FLOAT_EQ(*SurfaceDepth(depth, {2.5, 4.5}), 1.f);
  EXPECT_FLOAT_EQ(*SurfaceDepth(depth, {6.5, 6.5}), 5.f);
  EXPECT_FLOAT_EQ(*SurfaceDepth(depth, {6.5, 2.5}), 5.f);

  ImageF empty(9, 9, 1, 0.f);
  EXPECT_FALSE(SurfaceDepth(empty, {4.5, 4.5}));
  empty.At(5, 4) = empty.At(5, 5) = 3.f;  // beside a click on nothing
  EXPECT_FALSE(SurfaceDepth(empty, {4.5, 4.5}));
}

class FindInViewTest : public testing::Test {
 protected:
  PointInView Find(const Vec3& p, int view_idx, const DepthTolerance& tolerance = kTolerance) const {
    return FindInView(p, container_.WorkingCamera(view_idx), container_.Depth(view_idx, Job()), tolerance);
  }
  const scene::Scene scene_ = MakeScene();
  const AnalyticContainer container_{scene_};
};

TEST_F(FindInViewTest, FrontOfTheBall) {
  const Vec3 p = kBallCenter + kBallRadius * Vec3(0, 0, 1);
  EXPECT_EQ(Find(p, 0).state, PointState::kVisible);
  EXPECT_EQ(Find(p, 4).state, PointState::kVisible);   // through the lens
  EXPECT_EQ(Find(p, 3).state, PointState::kBehind);    // the camera looks the other way
  EXPECT_EQ(Find(p, 5).state, PointState::kOccluded);  // the ball itself is in the way
  EXPECT_NEAR(Find(p, 0).z, scene_.views[0].camera.ZDepth(p), 1e-12);
}

TEST_F(FindInViewTest, OccludedByTheOtherBall) {
  const Vec3 p = kBallCenter + kBallRadius * Vec3(1, 0, 0);
  EXPECT_EQ(Find(p, 2).state, PointState::kOccluded);
  // A tolerance as large as the gap lets it through: that is what the tolerance is for, and why it is small.
  EXPECT_EQ(Find(p, 2, {3, 0}).state, PointState::kVisible);
}

TEST_F(FindInViewTest, InTheAirIsFloating) {
  EXPECT_EQ(Find(kBallCenter + Vec3(0, 0, 0.7), 0).state, PointState::kFloating);  // in front of the ball
  EXPECT_EQ(Find({0.3, 1.4, 0}, 0).state, PointState::kFloating);                  // in front of the table
}

TEST_F(FindInViewTest, OutsideTheImage) { EXPECT_EQ(Find({-2.9, 0, 2.5}, 0).state, PointState::kOutside); }

TEST_F(FindInViewTest, FoldedDistortionIsOutside) {
  // With k1 = -0.6, r (1 - 0.6 r^2) falls again beyond r = 0.75: what lies at r = 1.29 lands near the image's center.
  scene::View view = MakeView("fisheye", {0, 0, 0}, {0, 0, -1}, Lens::Radial(-0.6));
  const Camera camera = feature_container::WorkingCamera(view, kWorkingSize);
  const ImageF depth(camera.width, camera.height, 1, 1.f);
  EXPECT_EQ(FindInView({0.1, 0, -1}, camera, depth, kTolerance).state, PointState::kVisible);
  EXPECT_EQ(FindInView({1.28, 0, -1}, camera, depth, kTolerance).state, PointState::kOutside);
}

TEST_F(FindInViewTest, EveryLiftedPixelIsVisibleWhereItCameFrom) {
  for (const int view_idx : {0, 1, 2, 4, 5}) {
    const Camera camera = container_.WorkingCamera(view_idx);
    const ImageF depth = container_.Depth(view_idx, Job());
    for (int y = 0; y < camera.height; y += 3) {
      for (int x = 0; x < camera.width; x += 3) {
        const Vec2 px(x + 0.3, y + 0.8);
        const auto z = SurfaceDepth(depth, px);
        if (!z || depth.At(x, y) == 0) continue;  // a filled pinhole is seen beside itself
        const PointInView found = FindInView(camera.Lift(px, *z), camera, depth, {0.02, 0.021});
        ASSERT_EQ(found.state, PointState::kVisible) << scene_.views[view_idx].name << " " << px.transpose();
        ASSERT_LT((found.px - px).norm(), 1e-6)
            << scene_.views[view_idx].name << " " << px.transpose() << " depth " << *z << " " << depth.At(x, y);
      }
    }
  }
}

TEST_F(FindInViewTest, AtASilhouetteThePromptMovesOntoTheObject) {
  Camera camera = scene_.views[0].camera;
  camera.world_from_cam = {};
  camera.width = camera.height = 10;
  camera.fx = camera.fy = 10;
  camera.cx = camera.cy = 5;
  ImageF depth(10, 10, 1, 4.f);
  for (int y = 0; y < 10; ++y) depth.At(3, y) = 2.f;
  // At depth 2, x = -0.196 projects to 4.02: into the pixel beside the object.
  const PointInView found = FindInView({-0.196, 0, -2}, camera, depth, kTolerance);
  EXPECT_EQ(found.state, PointState::kVisible);
  EXPECT_EQ(found.px.x(), 3.5);
  EXPECT_EQ(FindInView({-0.196 + 0.3, 0, -2}, camera, depth, kTolerance).state, PointState::kFloating);
}

TEST(SeedsTest, InsideSpreadAndDeterministic) {
  ImageU8 mask(60, 40, 1);
  ImageF depth(60, 40, 1, 3.f);
  for (int y = 5; y < 35; ++y) {
    for (int x = 5; x < 55; ++x) mask.At(x, y) = 255;
  }
  const auto points = SpreadInteriorPoints(mask, depth, 5);
  ASSERT_EQ(points.size(), 5u);
  for (size_t i = 0; i < points.size(); ++i) {
    EXPECT_GE(points[i].x(), 8);
    EXPECT_LE(points[i].x(), 52);
    EXPECT_GE(points[i].y(), 8);
    EXPECT_LE(points[i].y(), 32);
    for (size_t j = 0; j < i; ++j) EXPECT_GT((points[i] - points[j]).norm(), 8);
  }
  EXPECT_NEAR(points[0].y(), 20, 1);  // where the mask is widest
  EXPECT_EQ(SpreadInteriorPoints(mask, depth, 5), points);
}

TEST(SeedsTest, KeepsAwayFromDepthStepsAndNothing) {
  ImageU8 mask(40, 40, 1, 255);
  ImageF depth(40, 40, 1, 3.f);
  for (int y = 0; y < 40; ++y) {
    for (int x = 20; x < 40; ++x) depth.At(x, y) = x < 30 ? 6.f : 0.f;
  }
  for (const Vec2& p : SpreadInteriorPoints(mask, depth, 8)) {
    EXPECT_GT(std::abs(p.x() - 20), 1);
    EXPECT_LT(p.x(), 29.5);
  }
  EXPECT_TRUE(SpreadInteriorPoints(ImageU8(40, 40, 1), depth, 5).empty());
  EXPECT_TRUE(SpreadInteriorPoints(mask, ImageF(40, 40, 1), 5).empty());
}

}  // namespace
}  // namespace sanerf::mask_decoder
