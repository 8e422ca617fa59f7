#include "sanerf/poses/pose_agreement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "sanerf/core/error.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/random.h"

namespace sanerf::poses {
namespace {

using ::testing::HasSubstr;

const Similarity kMove{0.37, Eigen::AngleAxisd(2.1, Vec3(1, -3, 2).normalized()).toRotationMatrix(), Vec3(5, -1, 40)};

std::vector<Vec3> SomePoints(int count, uint64_t seed) {
  Random random(seed, 3);
  std::vector<Vec3> points;
  for (int i = 0; i < count; ++i) points.push_back(Vec3(random.NextDouble(), random.NextDouble(), random.NextDouble()));
  return points;
}

std::vector<Vec3> Moved(const std::vector<Vec3>& points) {
  std::vector<Vec3> moved;
  for (const Vec3& p : points) moved.push_back(kMove * p);
  return moved;
}

double SquaredError(const Similarity& s, const std::vector<Vec3>& from, const std::vector<Vec3>& to) {
  double sum = 0;
  for (size_t i = 0; i < from.size(); ++i) sum += (s * from[i] - to[i]).squaredNorm();
  return sum;
}

TEST(FitSimilarity, FindsTheOneThatMovedThePoints) {
  for (const int count : {3, 4, 50}) {
    const std::vector<Vec3> points = SomePoints(count, uint64_t(count));
    const Similarity found = FitSimilarity(points, Moved(points));
    EXPECT_NEAR(found.scale, kMove.scale, 1e-12);
    EXPECT_LT((found.rotation - kMove.rotation).norm(), 1e-10);
    EXPECT_LT((found.translation - kMove.translation).norm(), 1e-10);
  }
  // Points of a plane, as cameras at one height are: the third axis is free, and no mirror takes its place.
  std::vector<Vec3> flat = SomePoints(20, 9);
  for (Vec3& p : flat) p.z() = 2;
  EXPECT_LT((FitSimilarity(flat, Moved(flat)).rotation - kMove.rotation).norm(), 1e-10);
}

// Umeyama's example of a mirror: the best similarity is still a rotation.
TEST(FitSimilarity, NeverMirrors) {
  const std::vector<Vec3> points = SomePoints(30, 4);
  std::vector<Vec3> mirrored = points;
  for (Vec3& p : mirrored) p.x() = -p.x();
  EXPECT_NEAR(FitSimilarity(points, mirrored).rotation.determinant(), 1, 1e-12);
}

// With noise: nothing nearby is better, in scale, rotation about any axis and translation.
TEST(FitSimilarity, IsTheLeastSquaresOne) {
  const std::vector<Vec3> from = SomePoints(25, 5);
  std::vector<Vec3> to = Moved(from);
  Random random(8, 8);
  for (Vec3& p : to) p += 0.05 * Vec3(random.NextDouble(), random.NextDouble(), random.NextDouble());
  const Similarity best = FitSimilarity(from, to);
  const double least = SquaredError(best, from, to);
  for (const double by : {-1e-4, 1e-4}) {
    Similarity other = best;
    other.scale += by;
    EXPECT_GT(SquaredError(other, from, to), least);
    for (int axis = 0; axis < 3; ++axis) {
      other = best;
      other.translation[axis] += by;
      EXPECT_GT(SquaredError(other, from, to), least);
      other = best;
      other.rotation = Eigen::AngleAxisd(by, Vec3::Unit(axis)).toRotationMatrix() * best.rotation;
      EXPECT_GT(SquaredError(other, from, to), least);
    }
  }
}

TEST(FitSimilarity, RefusesWhatFixesNone) {
  const std::vector<Vec3> line = {Vec3(0, 0, 0), Vec3(1, 1, 1), Vec3(2, 2, 2)};
  EXPECT_THAT(ErrorTextOf<Error>([&] { FitSimilarity(line, line); }), HasSubstr("lie on a line"));
  const std::vector<Vec3> two = {Vec3(0, 0, 0), Vec3(1, 0, 0)};
  EXPECT_THAT(ErrorTextOf<Error>([&] { FitSimilarity(two, two); }), HasSubstr("too few"));
}

scene::Scene RingScene(int n, const Similarity& move, const std::string& extension) {
  scene::Scene scene;
  for (int i = 0; i < n; ++i) {
    const double angle = 2 * M_PI * i / n;
    scene::View view;
    view.name = (i % 2 == 0 ? "even/p" : "odd/p") + std::to_string(i) + extension;
    view.image_path = "/photos/" + view.name;
    view.camera.world_from_cam = move * LookAt({2 * std::cos(angle), 2 * std::sin(angle), 1}, Vec3::Zero());
    scene.views.push_back(view);
  }
  scene.model_from_file.scale = 1 / (std::sqrt(5.0) * move.scale);  // the farthest camera at distance 1
  return scene;
}

TEST(CompareCameras, SeesThroughWorldsAndMeasuresWhatDiffers) {
  const scene::Scene truth = RingScene(12, {}, ".png");
  scene::Scene found = RingScene(12, kMove, ".jpg");
  PoseAgreement agreement = CompareCameras(found, truth);
  EXPECT_EQ(agreement.num_common, 12);
  EXPECT_NEAR(agreement.size, std::sqrt(5.0), 1e-12);
  EXPECT_LT(agreement.max_distance, 1e-12);
  EXPECT_LT(agreement.max_angle, 1e-5);
  // One camera turned by 3 degrees where it stands.
  Mat3& turned = found.views[4].camera.world_from_cam.rotation;
  turned = turned * Eigen::AngleAxisd(3 * M_PI / 180, Vec3::UnitX()).toRotationMatrix();
  agreement = CompareCameras(found, truth);
  EXPECT_NEAR(agreement.max_angle, 3, 1e-6);
  EXPECT_NEAR(agreement.mean_angle, 3.0 / 12, 1e-5);
  // One moved: what it is moved by is seen, but for what the fit takes up of it.
  found.views[7].camera.world_from_cam.translation += kMove.rotation * Vec3(0, 0, 0.02 * kMove.scale * std::sqrt(5.0));
  EXPECT_NEAR(CompareCameras(found, truth).max_distance, 0.02, 0.006);
}

TEST(CompareCameras, FoldersDoNotMatterWhereNamesAreEnough) {
  const scene::Scene truth = RingScene(8, {}, ".png");
  scene::Scene flat = RingScene(8, kMove, ".png");
  for (scene::View& view : flat.views) view.name = view.image_path.filename().string();
  EXPECT_EQ(CompareCameras(flat, truth).num_common, 8);
  flat.views[1].name = "again/p0.png";  // two of one name are neither's
  flat.views[1].image_path = "/photos/again/p0.png";
  EXPECT_EQ(CompareCameras(flat, truth).num_common, 6);
  EXPECT_LT(CompareCameras(flat, truth).max_distance, 1e-12);
}

TEST(CompareCameras, NeedsCommonPhotos) {
  scene::Scene other = RingScene(4, {}, ".png");
  for (scene::View& view : other.views) {
    view.name = "x" + view.image_path.filename().string();
    view.image_path = "/other/" + view.name;
  }
  EXPECT_THAT(ErrorTextOf<Error>([&] { CompareCameras(other, RingScene(4, {}, ".png")); }),
              HasSubstr("0 photos have the same name"));
}

}  // namespace
}  // namespace sanerf::poses
