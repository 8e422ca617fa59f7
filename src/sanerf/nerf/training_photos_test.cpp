#include "sanerf/nerf/training_photos.h"

#include <gtest/gtest.h>

#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/image_io.h"
#include "sanerf/core/job.h"

namespace sanerf::nerf {
namespace {

// r (1 - 1.5 r^2) reaches 0.314, 6.3 pixels of a picture whose sides are 8 and 6 pixels from its middle: the corners
// show nothing.
scene::Scene SceneWithDarkRim(const TestFolder& folder) {
  scene::Scene scene;
  for (int i = 0; i < 2; ++i) {
    scene::View view;
    view.name = i == 0 ? "a.png" : "b.png";
    view.image_path = folder / view.name;
    WritePng(view.image_path, ImageU8(16, 12, 3, uint8_t(100 + i)));
    view.camera.width = 16, view.camera.height = 12;
    view.camera.fx = view.camera.fy = 20, view.camera.cx = 8, view.camera.cy = 6;
    view.camera.lens = Lens::Radial(-1.5);
    view.camera.world_from_cam.translation = Vec3(0, 0, 2);
    scene.views.push_back(view);
  }
  return scene;
}

TEST(TrainingPhotos, OnlyPixelsWithARayAreDrawn) {
  const TestFolder folder;
  const scene::Scene scene = SceneWithDarkRim(folder);
  const TrainingPhotos photos(scene, 1, Job());
  Random random(7);
  for (int i = 0; i < 2000; ++i) {
    const TrainingRay drawn = photos.Draw(&random);
    ASSERT_EQ(drawn.ray.origin[2], 2.0f);
    ASSERT_EQ(drawn.alpha, 1);
    ASSERT_NEAR(drawn.rgb[0], (100 + drawn.photo) / 255.0, 1e-6);
  }
}

TEST(TrainingPhotos, WhereTheLensSeesNothingARayMeetsNothing) {
  const TestFolder folder;
  const Camera camera = SceneWithDarkRim(folder).views[0].camera;
  EXPECT_EQ(MakeRay(camera, {8, 6}).origin[2], 2.0f);
  const Ray outside = MakeRay(camera, {0.5, 0.5});
  // Starts outside of all that a model may hold and leads away from it.
  EXPECT_GT(outside.origin[0], 64);
  EXPECT_GT(outside.direction[0], 0);
}

}  // namespace
}  // namespace sanerf::nerf
