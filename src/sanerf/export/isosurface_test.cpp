#include "sanerf/export/isosurface.h"

#include <gtest/gtest.h>

#include "sanerf/core/random.h"
#include "sanerf/export/mesh_test_support.h"

namespace sanerf::exports {
namespace {

TEST(Isosurface, OfABallIsClosedAndLiesOnIt) {
  const Surface surface = Isosurface(BallGrid(24, 8), Cells::kAll);
  EXPECT_EQ(WhyNotClosed(surface.faces), "");
  // A distance is interpolated along edges of up to sqrt(3) cells: off by less than 3 / (8 * 8).
  for (const Vec3& p : surface.positions) ASSERT_NEAR((p - Vec3::Constant(12)).norm(), 8, 0.06);
  EXPECT_NEAR(VolumeOf(surface.positions, surface.faces), 4.0 / 3 * M_PI * 512, 0.02 * 4.0 / 3 * M_PI * 512);
}

// All cases of all tetrahedra, with corners at zero among them.
TEST(Isosurface, OfNoiseIsClosed) {
  Random random(3);
  SignedGrid grid = BallGrid(12, 4);
  for (int z = 1; z < 12; ++z)
    for (int y = 1; y < 12; ++y)
      for (int x = 1; x < 12; ++x) {
        const float value = 2 * random.NextFloat() - 1;
        grid.values[grid.place.Index(x, y, z)] = std::fabs(value) < 0.1f ? 0.0f : value;
      }
  const Surface surface = Isosurface(grid, Cells::kAll);
  EXPECT_GT(surface.faces.size(), 5000u);
  EXPECT_EQ(WhyNotClosed(surface.faces), "");
  EXPECT_GT(VolumeOf(surface.positions, surface.faces), 0);
}

TEST(Isosurface, EndsWhereNothingIsKnown) {
  SignedGrid grid = BallGrid(16, 5);
  for (int y = 0; y <= 16; ++y)
    for (int x = 0; x <= 16; ++x) grid.values[grid.place.Index(x, y, 8)] = kUnseen;
  const Surface surface = Isosurface(grid, Cells::kKnown);
  ASSERT_FALSE(surface.faces.empty());
  EXPECT_NE(WhyNotClosed(surface.faces), "");
  for (const Vec3& p : surface.positions) EXPECT_TRUE(p.z() <= 7 || p.z() >= 9);
}

TEST(WhyNotClosed, NamesWhatIsWrong) {
  const std::vector<Face> closed = SmallMesh().faces;
  EXPECT_EQ(WhyNotClosed(closed), "");
  EXPECT_EQ(WhyNotClosed({}), "it has no faces");
  EXPECT_EQ(WhyNotClosed({closed[0], closed[1], closed[2]}), "no face runs from 3 back to 1");
  std::vector<Face> twice = closed;
  twice.push_back(closed[0]);
  EXPECT_EQ(WhyNotClosed(twice), "two faces run from 0 to 2");
  std::vector<Face> pinched = closed;  // another tetrahedron at vertex 0
  for (const Face& face : closed)
    pinched.push_back({face[0] ? face[0] + 3 : 0, face[1] ? face[1] + 3 : 0, face[2] ? face[2] + 3 : 0});
  EXPECT_EQ(WhyNotClosed(pinched), "the faces around 0 are several fans");
}

}  // namespace
}  // namespace sanerf::exports
