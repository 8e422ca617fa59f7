#include "sanerf/nerf/depth_agreement.h"

#include <gtest/gtest.h>

namespace sanerf::nerf {
namespace {

constexpr int kPixels = 40;
constexpr double kWall = 5;

// At (x, 0, 0), looking along -z at the wall z = -5; one pixel there is 5 / 40 wide.
DepthView BeforeAWall(double x) {
  DepthView view;
  view.camera.width = view.camera.height = kPixels;
  view.camera.fx = view.camera.fy = kPixels;
  view.camera.cx = view.camera.cy = kPixels / 2.0;
  view.camera.world_from_cam.translation = Vec3(x, 0, 0);
  view.depth = ImageF(kPixels, kPixels, 1, float(kWall));
  return view;
}

std::vector<DepthView> Row(int count) {
  std::vector<DepthView> views;
  for (int i = 0; i < count; ++i) views.push_back(BeforeAWall(0.25 * i));  // 2 pixels further each
  return views;
}

TEST(DepthAgreement, AWallThatAllSeeIsThere) {
  const std::vector<DepthView> views = Row(5);
  const ImageF agreement = DepthAgreement(views, 2, {});
  for (int y = 0; y < kPixels; ++y)
    for (int x = 0; x < kPixels; ++x) EXPECT_EQ(agreement.At(x, y), 1) << x << ", " << y;
  EXPECT_EQ(MeanAgreement(agreement), 1);
}

// Fog half way before the left half of one view: the others look through it, each from elsewhere, up to where it lies
// outside of their pictures. The wall behind the rest is confirmed by them; what hides it from the foggy view itself
// says nothing in the other direction.
TEST(DepthAgreement, FogBeforeOneCameraIsSeenByItselfAlone) {
  std::vector<DepthView> views = Row(5);
  for (int y = 0; y < kPixels; ++y)
    for (int x = 0; x < kPixels / 2; ++x) views[2].depth.At(x, y) = 2.5f;
  const ImageF foggy = DepthAgreement(views, 2, {});
  EXPECT_EQ(foggy.At(10, 20), 0);
  EXPECT_EQ(foggy.At(30, 20), 1);
  EXPECT_NEAR(MeanAgreement(foggy), 0.5, 0.06);
  const ImageF clear = DepthAgreement(views, 1, {});
  EXPECT_EQ(clear.At(20, 20), 1) << "three agree, and the fourth cannot see the place";
}

TEST(DepthAgreement, AHoleInOneViewContradictsTheOthers) {
  std::vector<DepthView> views = Row(3);
  views[0].depth = ImageF(kPixels, kPixels, 1, 0);  // nothing there
  EXPECT_EQ(DepthAgreement(views, 1, {}).At(20, 20), 0.5f);
  EXPECT_EQ(MeanAgreement(DepthAgreement(views, 0, {})), -1);
}

TEST(DepthAgreement, WithinTheToleranceIsTheSame) {
  std::vector<DepthView> views = Row(2);
  for (float& depth : views[1].depth.data) depth = 5.1f;
  EXPECT_EQ(DepthAgreement(views, 0, {.tolerance = 0.03}).At(20, 20), 1);
  EXPECT_EQ(DepthAgreement(views, 0, {.tolerance = 0.01}).At(20, 20), 0);
}

TEST(DepthAgreement, OneViewAloneSaysNothing) { EXPECT_EQ(MeanAgreement(DepthAgreement(Row(1), 0, {})), -1); }

// Three cameras side by side and one that looks the other way: that one comes last.
TEST(DepthAgreement, TheNearestViewsAreAsked) {
  std::vector<DepthView> views = Row(3);
  DepthView away = BeforeAWall(0.01);
  away.camera.world_from_cam.rotation = Eigen::AngleAxisd(M_PI, Vec3::UnitY()).toRotationMatrix();
  views.push_back(away);
  for (float& depth : views[1].depth.data) depth = 9;  // looks through the wall
  EXPECT_EQ(DepthAgreement(views, 0, {.neighbors = 1}).At(20, 20), 0);
  EXPECT_EQ(DepthAgreement(views, 0, {.neighbors = 2}).At(20, 20), 0.5f);
}

}  // namespace
}  // namespace sanerf::nerf
