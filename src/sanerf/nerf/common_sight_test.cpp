#include "sanerf/nerf/common_sight.h"

#include <gtest/gtest.h>

#include <cmath>

#include "sanerf/core/error.h"
#include "sanerf/core/events_test_support.h"

namespace sanerf::nerf {
namespace {

Camera CameraAt(const Vec3& eye, const Vec3& target, double focal) {
  Camera camera;
  camera.width = camera.height = 64;
  camera.fx = camera.fy = focal, camera.cx = camera.cy = 32;
  camera.world_from_cam = LookAt(eye, target, Vec3::UnitY());
  return camera;
}

// Two cameras that look the same way, side by side at a distance of `apart`, with an opening of 90 degrees. At depth z
// the picture of the right one begins at apart - z, and a ray of the left one with slope s is at s z: in both from z =
// apart / (1 + s). The four columns have the slopes 3/4, 1/4, -1/4 and -3/4, so that half of the rays are in both at
// apart / (1 + 1/4), along the most slanted of that column sqrt(1 + 1/16 + 9/16) times as far: 1.02 apart, and up to
// one step of the distances more, which is a fifth.
TEST(CommonSight, BeginsWherePicturesOverlap) {
  for (const double apart : {0.2, 0.4}) {
    const std::vector<Camera> cameras = {CameraAt({0, 0, 0}, {0, 0, -1}, 32),
                                         CameraAt({apart, 0, 0}, {apart, 0, -1}, 32)};
    const std::vector<float> distances = CommonSightDistances(cameras, {0.01, 10}, Job());
    ASSERT_EQ(distances.size(), 2u);
    for (const float distance : distances) {
      EXPECT_GT(distance, 1.01 * apart);
      EXPECT_LT(distance, 1.25 * apart);
    }
  }
}

TEST(CommonSight, GrowsWithTheScene) {
  std::vector<float> small, large;
  for (const double scale : {1.0, 3.0}) {
    std::vector<Camera> cameras;
    for (int i = 0; i < 12; ++i) {
      const double angle = 2 * M_PI * i / 12;
      cameras.push_back(CameraAt(scale * Vec3(std::cos(angle), 0.4, std::sin(angle)), Vec3::Zero(), 70));
    }
    (scale == 1 ? small : large) = CommonSightDistances(cameras, {0.05 * scale, 4 * scale}, Job());
  }
  for (size_t i = 0; i < small.size(); ++i) {
    EXPECT_NEAR(large[i] / small[i], 3, 0.01) << i;
    EXPECT_GT(small[i], 0.3);  // most of the way to the middle, which is 1.08 away
    EXPECT_LT(small[i], 1.08);
  }
}

TEST(CommonSight, NothingInCommonIsZero) {
  const std::vector<Camera> away = {CameraAt({0, 0, 1}, {0, 0, 2}, 64), CameraAt({0, 0, -1}, {0, 0, -2}, 64)};
  for (const float distance : CommonSightDistances(away, {0.05, 4}, Job())) EXPECT_EQ(distance, 0);
  EXPECT_EQ(CommonSightDistances({away[0]}, {0.05, 4}, Job()), std::vector<float>{0});
}

TEST(CommonSight, StopsWhenAskedTo) {
  EventRecorder events;
  StopSource stop;
  stop.RequestStop();
  EXPECT_THROW(CommonSightDistances({CameraAt({0, 0, 1}, {0, 0, 2}, 64)}, {}, Job(events, stop.token())),
               InterruptedError);
}

}  // namespace
}  // namespace sanerf::nerf
