#include "sanerf/export/texture_atlas.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "sanerf/core/error.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/export/mesh_test_support.h"

namespace sanerf::exports {
namespace {

TEST(TextureAtlas, GivesEveryPlaceOfABallPixelsOfItsOwn) {
  const Surface ball = Isosurface(BallGrid(16, 5), Cells::kAll);
  const TextureAtlas atlas = MakeAtlas(ball.positions, ball.faces, 512, Job());
  ASSERT_EQ(atlas.face_at.size(), size_t(512 * 512));
  std::vector<int64_t> pixels(ball.faces.size(), 0);
  for (int y = 0; y < 512; ++y)
    for (int x = 0; x < 512; ++x) {
      const int32_t face = atlas.face_at[size_t(y) * 512 + size_t(x)];
      if (face < 0) continue;
      ++pixels[size_t(face)];
      const auto shares = CornerShares(atlas.corners[size_t(face)], Vec2f(float(x) + 0.5f, float(y) + 0.5f));
      for (const float share : shares) ASSERT_GE(share, -1e-3f);
    }
  // No face covers another one's pixels: each has as many as its area in the texture says, up to its outline.
  double total = 0;
  for (size_t f = 0; f < pixels.size(); ++f) {
    const auto& [a, b, c] = atlas.corners[f];
    const Vec2f u = b - a, v = c - a;
    const double area = 0.5 * std::fabs(u.x() * v.y() - u.y() * v.x());
    const double around = (b - a).norm() + (c - b).norm() + (a - c).norm();
    EXPECT_NEAR(double(pixels[f]), area, around + 1) << f;
    total += area;
    for (const Vec2f& corner : {a, b, c}) ASSERT_TRUE(corner.minCoeff() >= 2 && corner.maxCoeff() <= 510);
  }
  EXPECT_GT(total, 0.2 * 512 * 512);  // the texture is used
}

TEST(TextureAtlas, WithoutRoomSaysWhatToDo) {
  Surface many = Isosurface(BallGrid(8, 2), Cells::kAll);
  const std::vector<Face> faces = many.faces;
  const size_t count = many.positions.size();
  for (int i = 1; i < 300; ++i) {  // 300 balls that do not touch
    for (size_t v = 0; v < count; ++v) many.positions.push_back(many.positions[v] + Vec3(10 * i, 0, 0));
    for (const Face& f : faces)
      many.faces.push_back(
          {f[0] + uint32_t(i * int(count)), f[1] + uint32_t(i * int(count)), f[2] + uint32_t(i * int(count))});
  }
  EXPECT_THAT(ErrorTextOf<Error>([&] { MakeAtlas(many.positions, many.faces, 64, Job()); }),
              ::testing::HasSubstr("a texture of 64x64 pixels has no room for the mesh"));
}

}  // namespace
}  // namespace sanerf::exports
