#include "sanerf/export/manifold.h"

#include <gtest/gtest.h>

#include "sanerf/core/error.h"
#include "sanerf/core/random.h"
#include "sanerf/export/mesh_parts.h"
#include "sanerf/export/mesh_test_support.h"
#include "sanerf/export/simplify_mesh.h"

namespace sanerf::exports {
namespace {

Surface Tetrahedron() { return {SmallMesh().positions, SmallMesh().faces}; }

// The other one's vertices are those of `merged` where it says so: {its vertex, ours}.
Surface WithAnother(Surface surface, const std::vector<std::pair<uint32_t, uint32_t>>& merged, const Vec3& at) {
  const Surface other = Tetrahedron();
  std::vector<uint32_t> moved(4);
  for (uint32_t v = 0; v < 4; ++v) {
    moved[v] = uint32_t(surface.positions.size());
    for (const auto& [theirs, ours] : merged)
      if (theirs == v) moved[v] = ours;
    if (moved[v] == surface.positions.size()) surface.positions.push_back(other.positions[v] + at);
  }
  for (const Face& f : other.faces) surface.faces.push_back({moved[f[0]], moved[f[1]], moved[f[2]]});
  return surface;
}

TEST(Manifold, PartsThatTouchInAVertexOrAnEdge) {
  for (const auto& merged : {std::vector<std::pair<uint32_t, uint32_t>>{{0, 3}}, {{0, 3}, {1, 1}}}) {
    const Surface touching = WithAnother(Tetrahedron(), merged, Vec3::UnitZ());
    ASSERT_NE(WhyNotClosed(touching.faces), "");
    const Surface made = ManifoldOf(touching);
    EXPECT_EQ(WhyNotClosed(made.faces), "");
    EXPECT_EQ(made.faces.size(), touching.faces.size());
    EXPECT_NEAR(VolumeOf(made.positions, made.faces), VolumeOf(touching.positions, touching.faces), 1e-12);
  }
}

TEST(Manifold, FacesOnEachOtherAndWithoutAreaGo) {
  Surface surface = Tetrahedron();
  surface.faces.push_back({0, 1, 2});  // with {0, 2, 1} of it a pair
  surface.faces.push_back({0, 2, 1});
  surface.faces.push_back({3, 3, 1});
  surface.faces.push_back({1, 3, 3});
  const Surface made = ManifoldOf(surface);
  EXPECT_EQ(WhyNotClosed(made.faces), "");
  EXPECT_EQ(made.faces.size(), 4u);
}

// Vertices merged at random: closed in the sense of a chain, and everything but a manifold.
TEST(Manifold, WhateverIsMerged) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    Random random(seed);
    Surface surface = Isosurface(BallGrid(12, 4), Cells::kAll);
    const uint32_t count = uint32_t(surface.positions.size());
    std::vector<uint32_t> moved(count);
    for (uint32_t v = 0; v < count; ++v) moved[v] = random.NextBelow(4) == 0 ? random.NextBelow(count) : v;
    for (Face& face : surface.faces)
      for (uint32_t& v : face) v = moved[v];
    EXPECT_EQ(WhyNotClosed(ManifoldOf(surface).faces), "") << seed;
  }
}

TEST(Simplified, HasNoMoreFacesThanAskedForAndStaysOnTheBall) {
  const Surface surface = Isosurface(BallGrid(40, 15), Cells::kAll);
  for (const int faces : {20'000, 2000, 200, 40}) {
    const Surface made = Simplified(surface, faces, Job());
    EXPECT_LE(made.faces.size(), size_t(faces));
    EXPECT_EQ(WhyNotClosed(made.faces), "");
    if (faces < 200) continue;
    const SurfaceError error =
        ErrorOf(made.positions, made.faces, [](const Vec3& p) { return (p - Vec3::Constant(20)).norm() - 15; });
    EXPECT_LT(error.mean, 0.02 * 30) << faces;
  }
  EXPECT_EQ(Simplified(surface, 10'000'000, Job()).faces.size(), surface.faces.size());
}

TEST(MeshParts, AreCountedInTheOrderOfTheirVertices) {
  const Surface two = WithAnother(Tetrahedron(), {}, Vec3(5, 0, 0));
  EXPECT_EQ(PartsOf(8, two.faces), (std::vector<uint32_t>{0, 0, 0, 0, 1, 1, 1, 1}));
}

}  // namespace
}  // namespace sanerf::exports
