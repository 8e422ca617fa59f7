#include "sanerf/export/object_place.h"

#include <gtest/gtest.h>

#include "sanerf/export/export_test_support.h"

namespace sanerf::exports {
namespace {

using ObjectPlaceTest = ExportTest;

// Of the pixels of its exact masks, seen from everywhere, nearly all lie in the ball, and it is not much larger.
TEST_F(ObjectPlaceTest, IsABallAroundTheObject) {
  const std::optional<ObjectPlace> place = PlaceOf(Input(*scene_), Job());
  ASSERT_TRUE(place);
  int64_t inside = 0, all = 0, near_edge = 0;
  for (const int v : scene_->TrainViews()) {
    const Camera& camera = scene_->views[size_t(v)].camera;
    const ImageU8 truth = scene::LoadViewMask(scene_->views[size_t(v)]);
    const ImageF depth = nerf_->Render(camera, Job()).depth;
    for (int y = 0; y < 64; y += 2)
      for (int x = 0; x < 64; x += 2) {
        if (truth.At(x, y) != 2 || depth.At(x, y) <= 0) continue;
        const double distance = (camera.Lift({x + 0.5, y + 0.5}, double(depth.At(x, y))) - place->center).norm();
        ++all;
        inside += distance < 1.1 * place->radius;
        near_edge += distance > 0.5 * place->radius;
      }
  }
  ASSERT_GT(all, 100);
  EXPECT_GT(double(inside), 0.9 * double(all));
  EXPECT_GT(double(near_edge), 0.2 * double(all));
}

}  // namespace
}  // namespace sanerf::exports
