#include "sanerf/api/scene.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sanerf/api/camera_access.h"
#include "sanerf/api/library_access.h"
#include "sanerf/core/error.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/scene/scene.h"
#include "sanerf/synth/small_scene_test_support.h"
#include "sanerf/synth/synth.h"

namespace sanerf::api {
namespace {

TEST(ApiScene, SaysWhatTheFolderHolds) {
  const TestFolder folder;
  synth::WriteSynthScene(folder / "scene", synth::SmallScene(5, 24), Job());
  const Scene scene = Scene::Open(folder / "scene", Options(), Job());
  EXPECT_EQ(scene.num_views(), 6);
  EXPECT_EQ(scene.train_views().size(), 5u);
  ASSERT_EQ(scene.test_views().size(), 1u);
  const int test = scene.test_views()[0];
  EXPECT_TRUE(scene.is_test(test));
  EXPECT_EQ(scene.Find(scene.name(test)), test);
  EXPECT_EQ(scene.Photo(test).width, 24);
  EXPECT_EQ(scene.Photo(test).channels, 3);
  EXPECT_THROW(scene.Photo(6), UsageError);
  int64_t object_pixels = 0;
  for (const uint8_t value : scene.TrueMask(test, 1).data) object_pixels += value != 0;
  EXPECT_GT(object_pixels, 0);

  // The camera is the loader's, there and back.
  const sanerf::Camera back = ToCamera(scene.camera(test));
  const sanerf::Camera& own = LibraryAccess::SceneOf(scene)->views[size_t(test)].camera;
  const auto px = back.Project(own.Lift(Vec2(3, 7), 2));
  ASSERT_TRUE(px.has_value());
  EXPECT_NEAR(px->x(), 3, 1e-6);
  EXPECT_NEAR(px->y(), 7, 1e-6);
  Camera no_size = scene.camera(test);
  no_size.width = 0;
  EXPECT_THROW(ToCamera(no_size), UsageError);
}

}  // namespace
}  // namespace sanerf::api
