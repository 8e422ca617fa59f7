// A point that must land on a pixel that is derived by hand, for readers of cameras: all three look along y from
// (i / 2, -4, 1) with z up, 64 x 48 pixels, focal length 100, principal point 1.6 pixels right of the middle. The point
// (0.5, 0, 1.25) is then at x = (1 - i) / 8, y = -1 / 16 of the plane in front.
#pragma once

#include <gmock/gmock.h>

#include "sanerf/core/job.h"
#include "sanerf/scene/load_scene.h"
#include "sanerf/scene/scene.h"
#include "sanerf/scene/scene_folder_test_support.h"

namespace sanerf::scene {

class KnownPointTest : public SceneFolderTest {
 protected:
  static constexpr int kCameras = 3, kWidth = 64, kHeight = 48;
  static inline const Vec3 kPoint{0.5, 0, 1.25};

  void WritePhotos(const std::string& folder = "images", const std::string& extension = ".png") {
    for (int i = 0; i < kCameras; ++i) WriteImage(folder + "/" + Name(i) + extension, kWidth, kHeight);
  }
  static std::string Name(int i) { return "IMG_000" + std::to_string(i); }
  static Vec3 Center(int i) { return {0.5 * i, -4, 1}; }
  Scene Load() const { return LoadScene(root_, {}, Job()); }
  std::string LoadError() const {
    return ErrorText([&] { LoadScene(root_, {}, Job()); });
  }

  // Where the point lies on the plane at distance 1, y down.
  static Vec2 Tangents(int i) { return {0.125 * (1 - i), -0.0625}; }
  // The pixel of distorted tangents.
  static Vec2 Pixel(const Vec2& tangents) {
    return {0.5 * kWidth + 1.6 + 100 * tangents.x(), 0.5 * kHeight + 100 * tangents.y()};
  }
  // distort: of tangents, as the tool's manual has it.
  template <class Distort>
  static void ExpectPoint(const Scene& scene, const Vec3& point, const Distort& distort) {
    ASSERT_EQ(scene.views.size(), size_t(kCameras));
    for (int i = 0; i < kCameras; ++i) {
      const std::optional<Vec2> px = scene.views[size_t(i)].camera.Project(point);
      ASSERT_TRUE(px);
      const Vec2 expected = Pixel(distort(Tangents(i)));
      EXPECT_NEAR(px->x(), expected.x(), 1e-9) << i;
      EXPECT_NEAR(px->y(), expected.y(), 1e-9) << i;
    }
  }
  static void ExpectPoint(const Scene& scene, const Vec3& point = kPoint) {
    ExpectPoint(scene, point, [](const Vec2& tangents) { return tangents; });
  }
};

}  // namespace sanerf::scene
