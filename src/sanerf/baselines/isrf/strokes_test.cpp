#include "sanerf/baselines/isrf/strokes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/job.h"
#include "sanerf/mask_decoder/analytic_scene_test_support.h"

namespace sanerf::baselines {
namespace {

using namespace testing_scene;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Pixel = std::array<int, 2>;

std::vector<Pixel> Paint(const std::vector<Vec2>& path) {
  return PaintPath(path, 7, 100, 100, [](size_t, double, int, int) { return true; });
}

TEST(Strokes, PathGoesOnToTheNearest) {
  const std::vector<Vec2> path = NearestNeighborPath({{10, 0}, {0, 0}, {30, 0}, {12, 0}});
  EXPECT_THAT(path, ElementsAre(Vec2(0, 0), Vec2(10, 0), Vec2(12, 0), Vec2(30, 0)));
  EXPECT_THAT(NearestNeighborPath({}), IsEmpty());
}

TEST(Strokes, APointIsOneDab) {
  const std::vector<Pixel> dab = Paint({{20.5, 30.5}});
  EXPECT_EQ(dab.size(), 49u);
  EXPECT_EQ(dab.front(), (Pixel{17, 27}));
  EXPECT_EQ(dab.back(), (Pixel{23, 33}));
}

// Ten pixels on: 7 x 17 pixels, each once.
TEST(Strokes, ALineIsPaintedWithoutGaps) {
  EXPECT_EQ(Paint({{20.5, 30.5}, {30.5, 30.5}}).size(), 7u * 17u);
  // Along a diagonal every step of the brush adds a corner of 7 + 6 pixels.
  EXPECT_EQ(Paint({{20.5, 30.5}, {30.5, 40.5}}).size(), 49u + 10u * 13u);
}

TEST(Strokes, EndsAtTheImagesBorder) {
  EXPECT_EQ(Paint({{0.5, 0.5}}).size(), 16u);
  EXPECT_EQ(Paint({{99.5, 50}}).size(), 4u * 7u);
}

TEST(Strokes, EndAtTheObjectsOutline) {
  ImageU8 mask(4, 1, 1);
  mask.data = {0, 0, 255, 255};
  const Stroke stroke{7, {{0, 0}, {1, 0}, {2, 0}}};
  EXPECT_EQ(KeptBy(mask, true, stroke).view_idx, 7);
  EXPECT_EQ(KeptBy(mask, true, stroke).pixels, (std::vector<std::array<int, 2>>{{2, 0}}));
  EXPECT_EQ(KeptBy(mask, false, stroke).pixels, (std::vector<std::array<int, 2>>{{0, 0}, {1, 0}}));
}

class StrokesInViewsTest : public ::testing::Test {
 protected:
  static Vec3 OnBall(const Vec3& direction) { return kBallCenter + kBallRadius * direction.normalized(); }
  std::vector<Stroke> Draw(const std::vector<Vec3>& points, const std::vector<int>& views, int stroke_views) const {
    IsrfOptions options;
    options.stroke_views = stroke_views;
    const StrokeContext context{container_, {0.02, 0.03}, options};
    return DrawStrokes(points, ViewsForStrokes(points, views, context, Job()), context, Job());
  }
  const scene::Scene scene_ = MakeScene();
  const AnalyticContainer container_{scene_};
  // Two in front, one behind.
  const std::vector<Vec3> points_ = {OnBall({0.2, 0.3, 1}), OnBall({-0.3, 0.2, 1}), OnBall({0, 0.4, -1})};
};

TEST_F(StrokesInViewsTest, TheViewThatSeesMostComesFirst) {
  const std::vector<Stroke> strokes = Draw(points_, {kBack, kAway, kFront}, 1);
  ASSERT_EQ(strokes.size(), 1u);
  EXPECT_EQ(strokes[0].view_idx, kFront);
  // The line between the two points in front, a few pixels of it.
  EXPECT_GT(strokes[0].pixels.size(), 49u + 2 * 7u);
  const Camera camera = container_.WorkingCamera(kFront);
  for (const auto& [x, y] : strokes[0].pixels)
    EXPECT_EQ(Trace(camera.center(), camera.RayInWorld({x + 0.5, y + 0.5})).label, kBall) << x << " " << y;
}

TEST_F(StrokesInViewsTest, FurtherViewsTakeThePointsThatAreLeft) {
  const std::vector<Stroke> strokes = Draw(points_, {kBack, kAway, kFront, kFrontLeft}, 2);
  ASSERT_EQ(strokes.size(), 2u);
  EXPECT_EQ(strokes[0].view_idx, kFront);
  EXPECT_EQ(strokes[1].view_idx, kBack);
  EXPECT_EQ(strokes[1].pixels.size(), 49u);
}

TEST_F(StrokesInViewsTest, WhenNoPointIsLeftTheNextViewIsTheOneFarthestBeside) {
  const std::vector<Vec3> in_front = {OnBall({-0.1, 0.3, 1})};
  const auto views_of = [&](int stroke_views) {
    std::vector<int> views;
    for (const Stroke& stroke : Draw(in_front, {kFront, kLens, kAway, kFrontLeft}, stroke_views))
      views.push_back(stroke.view_idx);
    return views;
  };
  EXPECT_THAT(views_of(2), ElementsAre(kFront, kFrontLeft));
  EXPECT_THAT(views_of(9), ElementsAre(kFront, kFrontLeft, kLens));  // the other one does not see it
}

// Between the two balls the line runs in the air, over the table behind them: nothing of that is painted.
TEST_F(StrokesInViewsTest, WhatLiesBehindTheLineIsNotPainted) {
  const Vec3 on_other = kOtherCenter + kBallRadius * Vec3(-0.2, 0.3, 1).normalized();
  const std::vector<Stroke> strokes = Draw({points_[0], on_other}, {kFront}, 1);
  ASSERT_EQ(strokes.size(), 1u);
  EXPECT_GT(strokes[0].pixels.size(), 2 * 49u);
  const Camera camera = container_.WorkingCamera(kFront);
  for (const auto& [x, y] : strokes[0].pixels)
    EXPECT_NE(Trace(camera.center(), camera.RayInWorld({x + 0.5, y + 0.5})).label, kTable) << x << " " << y;
}

TEST_F(StrokesInViewsTest, NoneWhereNoPointIsSeen) {
  EXPECT_THAT(Draw(points_, {kAway}, 4), IsEmpty());
  EXPECT_THAT(Draw({}, {kFront}, 4), IsEmpty());
}

TEST_F(StrokesInViewsTest, OptionsOutOfRangeAreUsageErrors) {
  EXPECT_THAT(ErrorTextOf<UsageError>([&] { Draw(points_, {kFront}, 0); }),
              HasSubstr("isrf.stroke_views=0: expected an integer from 1"));
  IsrfOptions options;
  options.brush = 0;
  EXPECT_THAT(ErrorTextOf<UsageError>([&] {
                DrawStrokes(points_, {kFront}, {container_, {0.02, 0.03}, options}, Job());
              }),
              HasSubstr("isrf.brush=0: expected an integer from 1"));
}

}  // namespace
}  // namespace sanerf::baselines
