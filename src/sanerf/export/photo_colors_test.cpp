#include "sanerf/export/photo_colors.h"

#include <gtest/gtest.h>

#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/image_io.h"
#include "sanerf/export/mesh_test_support.h"
#include "sanerf/export/texture_bake.h"

namespace sanerf::exports {
namespace {

// A square of 2 x 2 units that looks up at cameras around z = 4, which see it in a photo of a single color each.
class PhotoColorsTest : public ::testing::Test {
 protected:
  void AddView(const Vec3& eye, const Rgb8& color) {
    const int index = int(scene_.views.size());
    scene::View view;
    view.name = std::to_string(index) + ".png";
    view.image_path = folder_ / view.name;
    view.camera.width = view.camera.height = 64;
    view.camera.fx = view.camera.fy = 64;
    view.camera.cx = view.camera.cy = 32;
    view.camera.world_from_cam = LookAt(eye, Vec3::Zero(), Vec3::UnitY());
    ImageU8 photo(64, 64, 3);
    for (size_t i = 0; i < photo.data.size(); ++i) photo.data[i] = color[i % 3];
    WritePng(view.image_path, photo);
    SurfaceView seen;
    seen.view_idx = index;
    seen.camera = seen.coarse_camera = view.camera;
    seen.pixels = {0, 0, 64, 64};
    seen.depth = ImageF(64, 64, 1);
    seen.is_subject = ImageU8(64, 64, 1, 1);
    for (int y = 0; y < 64; ++y)
      for (int x = 0; x < 64; ++x) {  // of the plane z = 0
        const Vec3 ray = view.camera.RayInWorld(Vec2(x + 0.5, y + 0.5));
        seen.depth.At(x, y) = float(-eye.z() / ray.z());
      }
    seen.coarse_depth = seen.depth;
    views_.push_back(std::move(seen));
    scene_.views.push_back(std::move(view));
  }
  PhotoColors ColorsAt(const std::vector<Vec3f>& points) const {
    SurfacePoints surface;
    surface.positions = points;
    surface.normals.assign(points.size(), Vec3f::UnitZ());
    return ColorsFromPhotos(surface, views_, scene_, 0.05, 0.02, Job());
  }

  TestFolder folder_;
  scene::Scene scene_;
  std::vector<SurfaceView> views_;
};

TEST_F(PhotoColorsTest, OneOddPhotoAmongOthersDoesNotCount) {
  for (int i = 0; i < 6; ++i) AddView(Vec3(0.3 * i - 0.75, 0.1, 4), {200, 100, 50});
  AddView(Vec3(0, 0, 3.9), {0, 255, 255});  // somebody walked into the nearest one
  const PhotoColors colors = ColorsAt({Vec3f(0, 0, 0)});
  EXPECT_EQ(colors.is_known[0], 1);
  const Rgb8 expected{200, 100, 50};
  for (size_t c = 0; c < 3; ++c) EXPECT_NEAR(colors.colors[0][c], expected[c], 25);
}

TEST_F(PhotoColorsTest, WhatIsHiddenOrTurnedAwayIsNotKnown) {
  AddView(Vec3(0, 0, 4), {10, 20, 30});
  const PhotoColors colors = ColorsAt({Vec3f(0, 0, 0), Vec3f(0, 0, -0.5f), Vec3f(30, 0, 0)});
  EXPECT_EQ(colors.is_known, (std::vector<uint8_t>{1, 0, 0}));  // seen; behind the depth; outside of the picture
  EXPECT_EQ(colors.colors[0], (Rgb8{10, 20, 30}));
  SurfacePoints away;
  away.positions = {Vec3f::Zero()};
  away.normals = {Vec3f(0, 0, -1)};
  EXPECT_EQ(ColorsFromPhotos(away, views_, scene_, 0.05, 0.02, Job()).is_known[0], 0);
}

// The lower side, which nobody sees, has the colors of what is around it, and the texture has no pixel of another
// color.
TEST_F(PhotoColorsTest, OfAMeshSpreadToWhatNobodySees) {
  AddView(Vec3(0.2, 0.1, 4), {40, 160, 80});
  Mesh mesh;
  mesh.positions = {{-0.5, -0.5, 0}, {0.5, -0.5, 0}, {0, 0.5, 0}, {0, 0, -0.4}};
  mesh.faces = {{0, 1, 2}, {1, 0, 3}, {2, 1, 3}, {0, 2, 3}};
  ASSERT_EQ(WhyNotClosed(mesh.faces), "");
  mesh.normals = {Vec3f::UnitZ(), Vec3f::UnitZ(), Vec3f::UnitZ(), -Vec3f::UnitZ()};
  ColorMesh(views_, scene_, 0.05, 64, &mesh, Job());
  for (const Rgb8& color : mesh.colors)
    for (size_t c = 0; c < 3; ++c) EXPECT_NEAR(color[c], (Rgb8{40, 160, 80}[c]), 1);
  ASSERT_EQ(mesh.texture.width, 64);
  for (int i = 0; i < 64 * 64; ++i)
    for (size_t c = 0; c < 3; ++c) ASSERT_NEAR(mesh.texture.data[3 * size_t(i) + c], (Rgb8{40, 160, 80}[c]), 2) << i;
}

}  // namespace
}  // namespace sanerf::exports
