#include "sanerf/nerf/ray.h"

#include <gtest/gtest.h>

#include <cmath>

namespace sanerf::nerf {
namespace {

// 90 degrees from rim to rim; one unit in front of it a pixel is a quarter of a unit wide.
Camera CameraOfEightPixels() {
  Camera camera;
  camera.width = camera.height = 8;
  camera.fx = camera.fy = camera.cx = camera.cy = 4;
  camera.world_from_cam.translation = Vec3(1, 2, 3);
  return camera;
}

TEST(Ray, GoesThroughThePixelAtUnitLength) {
  const Ray ray = MakeRay(CameraOfEightPixels(), {8, 4});  // the middle of the right rim: 45 degrees
  const float half = std::sqrt(0.5f);
  EXPECT_EQ(ray.origin[0], 1);
  EXPECT_EQ(ray.origin[1], 2);
  EXPECT_EQ(ray.origin[2], 3);
  EXPECT_NEAR(ray.direction[0], half, 1e-6);
  EXPECT_NEAR(ray.direction[1], 0, 1e-6);
  EXPECT_NEAR(ray.direction[2], -half, 1e-6);  // cameras look along -z
  EXPECT_NEAR(ray.z_per_t, half, 1e-6);
}

TEST(Ray, ThoseOfABlockAreRowByRow) {
  const Camera camera = CameraOfEightPixels();
  const PartOfView part(camera, {2, 3, 5, 5});
  const std::vector<Ray> rays = RaysOf(camera, part.pixels);
  ASSERT_EQ(rays.size(), size_t(part.width() * part.height()));
  const Ray last = MakeRay(camera, {4.5, 4.5});
  for (int a = 0; a < 3; ++a) EXPECT_EQ(rays.back().direction[a], last.direction[a]);
  EXPECT_GT(rays[0].direction[1], rays[3].direction[1]);  // the second row is lower
  EXPECT_EQ(PartOfView(camera).width(), 8);
}

}  // namespace
}  // namespace sanerf::nerf
