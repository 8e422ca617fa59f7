#include "sanerf/nerf/observed_points.h"

#include <gtest/gtest.h>

#include <cmath>

#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/image_io.h"
#include "sanerf/core/job.h"

namespace sanerf::nerf {
namespace {

// Four photos from (0, 0, 2) and beside it, that look along -z at points on the plane z = 0; the last one is held out.
// The model is twice as large as the file's world.
class ObservedPointsTest : public testing::Test {
 protected:
  ObservedPointsTest() {
    scene_.model_from_file.scale = 2;
    for (int i = 0; i < 4; ++i) {
      scene::View view;
      view.name = std::to_string(i) + ".png";
      view.image_path = folder_ / view.name;
      WritePng(view.image_path, ImageU8(40, 30, 3, uint8_t(50 + i)));
      view.camera.width = 40, view.camera.height = 30;
      view.camera.fx = view.camera.fy = 40, view.camera.cx = 20, view.camera.cy = 15;
      view.camera.world_from_cam.translation = Vec3(0.1 * i, 0, 2);
      view.is_test = i == 3;
      scene_.views.push_back(view);
    }
  }
  void AddPoint(const Vec3& position, float error, const std::vector<int>& views) {
    for (const int view : views) scene_.views[size_t(view)].points.push_back(int(scene_.points.size()));
    scene_.points.push_back({position, error});
  }
  std::vector<Observation> Observations() const {
    return ObservedPoints(scene_, TrainingPhotos(scene_, 1, Job())).all();
  }

  TestFolder folder_;
  scene::Scene scene_;
};

TEST_F(ObservedPointsTest, LieWhereTheirRaysMeetThem) {
  AddPoint({0.2, 0.1, 0}, 1, {0, 1, 2});
  const std::vector<Observation> found = Observations();
  ASSERT_EQ(found.size(), 3u);
  for (const Observation& o : found) {
    const Vec3 eye(0.1 * o.photo, 0, 2), p(0.2, 0.1, 0);
    EXPECT_NEAR(o.distance, 2 * (p - eye).norm(), 0.01);            // model units
    EXPECT_NEAR(o.x + 0.5, 20 + 40 * (p.x() - eye.x()) / 2, 0.51);  // the pixel that it is in
    EXPECT_NEAR(o.y + 0.5, 15 - 40 * p.y() / 2, 0.51);
    EXPECT_FLOAT_EQ(o.weight, 0.5f);  // the only point is the usual one
  }
}

TEST_F(ObservedPointsTest, OneTrainingPhotoIsNotEnough) {
  AddPoint({0, 0, 0}, 1, {0});
  AddPoint({0, 0, 0}, 1, {0, 3});  // the other one is held out
  EXPECT_TRUE(Observations().empty());
  AddPoint({0, 0, 0}, 1, {0, 2, 3});
  EXPECT_EQ(Observations().size(), 2u);
}

TEST_F(ObservedPointsTest, WeighTheMoreTheSurerTheyAre) {
  AddPoint({0, 0, 0}, 1, {0, 1});
  AddPoint({0, 0.1, 0}, 1, {0, 1});
  AddPoint({0, 0.2, 0}, 3, {0, 1});     // nine times the variance
  AddPoint({0, 0.3, 0}, 1, {0, 1, 2});  // two thirds of it
  AddPoint({0, -0.1, 0}, 0, {0, 1});    // an error that is not known is a usual one
  std::vector<float> of_first_photo;
  for (const Observation& o : Observations())
    if (o.photo == 0) of_first_photo.push_back(o.weight);
  ASSERT_EQ(of_first_photo.size(), 5u);
  EXPECT_FLOAT_EQ(of_first_photo[0], 0.5f);
  EXPECT_FLOAT_EQ(of_first_photo[2], 0.1f);
  EXPECT_FLOAT_EQ(of_first_photo[3], 0.6f);
  EXPECT_FLOAT_EQ(of_first_photo[4], 0.5f);
}

TEST_F(ObservedPointsTest, OutsideBehindAndIgnoredAreLeftOut) {
  AddPoint({5, 0, 0}, 1, {0, 1});  // outside of the picture
  AddPoint({0, 0, 3}, 1, {0, 1});  // behind the cameras
  EXPECT_TRUE(Observations().empty());
  AddPoint({-0.3, 0, 0}, 1, {0, 1});
  ASSERT_EQ(Observations().size(), 2u);
  ImageU8 mask(40, 30, 1, 0);
  for (int y = 0; y < 30; ++y)
    for (int x = 0; x < 20; ++x) mask.At(x, y) = 255;
  WritePng(folder_ / "mask.png", mask);
  scene_.views[0].ignored = {{folder_ / "mask.png", /*where_black=*/false}};
  const std::vector<Observation> left = Observations();
  ASSERT_EQ(left.size(), 1u);
  EXPECT_EQ(left[0].photo, 1);
}

TEST_F(ObservedPointsTest, AreDrawnAlike) {
  AddPoint({0, 0, 0}, 1, {0, 1, 2});
  AddPoint({0.1, 0, 0}, 1, {0, 1});
  const ObservedPoints points(scene_, TrainingPhotos(scene_, 1, Job()));
  Random random(4);
  int of_photo[3] = {0, 0, 0};
  for (int i = 0; i < 5000; ++i) ++of_photo[points.Draw(&random).photo];
  for (const int photo : {0, 1}) EXPECT_NEAR(of_photo[photo], 2000, 150);
  EXPECT_NEAR(of_photo[2], 1000, 120);
}

}  // namespace
}  // namespace sanerf::nerf
