#include "sanerf/kernels/march.h"

#include <gtest/gtest.h>

#include <cmath>

#include "sanerf/kernels/kernels_test_support.h"

namespace sanerf::kernels {
namespace {

class Grid {
 public:
  Grid(int resolution, int cascades, bool full)
      : bits_(size_t(cascades) * resolution * resolution * resolution / 64, full ? ~uint64_t{0} : 0) {
    view_ = {resolution, cascades, bits_.data()};
  }
  void Set(int cascade, int64_t cell) {
    const int64_t words = int64_t(view_.resolution) * view_.resolution * view_.resolution / 64;
    bits_[size_t(cascade * words + cell / 64)] |= uint64_t{1} << (cell % 64);
  }
  const OccupancyView& view() const { return view_; }

 private:
  std::vector<uint64_t> bits_;
  OccupancyView view_;
};

MarchState RayFrom(float ox, float oy, float oz, float dx, float dy, float dz) {
  const float length = std::sqrt(dx * dx + dy * dy + dz * dz);
  MarchState ray{};
  const float origin[3] = {ox, oy, oz}, direction[3] = {dx / length, dy / length, dz / length};
  std::copy(origin, origin + 3, ray.origin);
  std::copy(direction, direction + 3, ray.direction);
  return ray;
}

struct Samples {
  std::vector<float> t, dt;
};

Samples MarchAll(const OccupancyView& view, const MarchOptions& options, MarchState ray, int at_once = 4096,
                 float jitter = 0) {
  Samples all;
  StartMarch(view, options, jitter, &ray);
  std::vector<float> t(static_cast<size_t>(at_once)), dt(static_cast<size_t>(at_once));
  while (ray.t < ray.t_end) {
    const int n = March(view, options, &ray, at_once, t.data(), dt.data());
    all.t.insert(all.t.end(), t.begin(), t.begin() + n);
    all.dt.insert(all.dt.end(), dt.begin(), dt.begin() + n);
  }
  return all;
}

TEST(March, FindsCells) {
  Grid grid(8, 3, false);
  int cascade;
  int64_t cell;
  const float inner[3] = {-0.99f, 0.01f, 0.26f};  // cells of 0.25: (0, 4, 5)
  ASSERT_TRUE(FindCell(grid.view(), inner, &cascade, &cell));
  EXPECT_EQ(cascade, 0);
  EXPECT_EQ(cell, 0 + 8 * (4 + 8 * 5));
  const float middle[3] = {1.5f, 0.1f, -0.1f};  // cells of 0.5: (7, 4, 3)
  ASSERT_TRUE(FindCell(grid.view(), middle, &cascade, &cell));
  EXPECT_EQ(cascade, 1);
  EXPECT_EQ(cell, 7 + 8 * (4 + 8 * 3));
  const float outer[3] = {0, -3.9f, 0};
  ASSERT_TRUE(FindCell(grid.view(), outer, &cascade, &cell));
  EXPECT_EQ(cascade, 2);
  const float outside[3] = {0, 0, 4.0f};
  EXPECT_FALSE(FindCell(grid.view(), outside, &cascade, &cell));
}

TEST(March, FullGridIsCoveredFromFaceToFaceWithoutGaps) {
  const Grid grid(16, 2, true);
  MarchOptions options;
  options.step = 0.01f;
  options.cone = 0.02f;
  options.near = 0.05f;
  const Samples samples = MarchAll(grid.view(), options, RayFrom(-3, 0.1f, 0.2f, 1, 0, 0));
  ASSERT_GT(samples.t.size(), 20u);
  EXPECT_NEAR(samples.t.front() - samples.dt.front() / 2, 1.0, 1e-5);  // the box of cascade 1 begins at x = -2
  EXPECT_NEAR(samples.t.back() + samples.dt.back() / 2, 5.0, 1.1 * samples.dt.back());
  for (size_t i = 0; i < samples.t.size(); ++i) {
    const float begin = samples.t[i] - samples.dt[i] / 2;
    EXPECT_NEAR(samples.dt[i], std::max(0.01f, 0.02f * begin), 1e-6);
    const float end_before = i > 0 ? samples.t[i - 1] + samples.dt[i - 1] / 2 : begin;
    EXPECT_NEAR(begin, end_before, 1e-5);
  }
}

TEST(March, EmptyGridAndMissedBoxGiveNothing) {
  const MarchOptions options;
  EXPECT_TRUE(MarchAll(Grid(16, 3, false).view(), options, RayFrom(0, 0, 0, 1, 2, 3)).t.empty());
  EXPECT_TRUE(MarchAll(Grid(16, 1, true).view(), options, RayFrom(-3, 2, 0, 1, 0, 0)).t.empty());
  EXPECT_TRUE(MarchAll(Grid(16, 1, true).view(), options, RayFrom(3, 0, 0, 1, 0, 0)).t.empty());
}

// One occupied cell [0.5, 0.75] x [0, 0.25] x [-0.25, 0]: samples fill its chord to within a step, and only that.
TEST(March, OneCell) {
  Grid grid(8, 2, false);
  grid.Set(0, 6 + 8 * (4 + 8 * 3));
  MarchOptions options;
  options.step = 0.004f;
  options.cone = 0;
  const MarchState ray = RayFrom(-1.7f, 0.1f, -0.1f, 1, 0.01f, -0.005f);
  const Samples samples = MarchAll(grid.view(), options, ray);
  ASSERT_FALSE(samples.t.empty());
  const float enter = (0.5f + 1.7f) / ray.direction[0], exit = (0.75f + 1.7f) / ray.direction[0];
  EXPECT_GE(samples.t.front(), enter);
  EXPECT_LE(samples.t.front(), enter + 0.0041f);
  EXPECT_LE(samples.t.back(), exit);
  EXPECT_GE(samples.t.back(), exit - 0.0041f);
  EXPECT_NEAR(double(samples.t.size()), (exit - enter) / 0.004, 1.01);
}

TEST(March, PartsGiveTheSameAsTheWhole) {
  Grid grid(32, 3, false);
  Random random(300);
  for (int cascade = 0; cascade < 3; ++cascade)
    for (int i = 0; i < 6000; ++i) grid.Set(cascade, random.NextBelow(32 * 32 * 32));
  for (int i = 0; i < 50; ++i) {
    const MarchState ray = RayFrom(6 * random.NextFloat() - 3, 6 * random.NextFloat() - 3, 6 * random.NextFloat() - 3,
                                   random.NextFloat() - 0.5f, random.NextFloat() - 0.5f, random.NextFloat() - 0.5f);
    const Samples whole = MarchAll(grid.view(), {}, ray), parts = MarchAll(grid.view(), {}, ray, 5);
    ASSERT_EQ(whole.t, parts.t);
    ASSERT_EQ(whole.dt, parts.dt);
    // Every sample lies in an occupied cell, inside the ray's range, in order.
    for (size_t s = 0; s < whole.t.size(); ++s) {
      const float p[3] = {ray.origin[0] + whole.t[s] * ray.direction[0], ray.origin[1] + whole.t[s] * ray.direction[1],
                          ray.origin[2] + whole.t[s] * ray.direction[2]};
      int cascade;
      int64_t cell;
      ASSERT_TRUE(FindCell(grid.view(), p, &cascade, &cell));
      EXPECT_TRUE(grid.view().bits[cascade * 512 + cell / 64] >> (cell % 64) & 1);
      ASSERT_GT(whole.t[s], s > 0 ? whole.t[s - 1] : 0.0f);
    }
  }
}

// No occupied stretch is leapt over: what a march finds in a sparse grid is what a march through a full grid finds in
// the occupied cells, up to one step at each cell's border.
TEST(March, LeapsOverNothingOccupied) {
  const int res = 16;
  const Grid full(res, 1, true);
  Random random(301);
  MarchOptions options;
  options.step = 0.005f;
  options.cone = 0;
  for (int i = 0; i < 100; ++i) {
    Grid sparse(res, 1, false);
    const int64_t cell_set = random.NextBelow(res * res * res);
    sparse.Set(0, cell_set);
    // A ray through a random point of that cell.
    float target[3];
    const int64_t index[3] = {cell_set % res, cell_set / res % res, cell_set / (res * res)};
    for (int a = 0; a < 3; ++a) target[a] = (float(index[a]) + random.NextFloat()) * 2 / res - 1;
    const float o[3] = {2, 2 * random.NextFloat() - 1, 2 * random.NextFloat() - 1};
    const MarchState ray = RayFrom(o[0], o[1], o[2], target[0] - o[0], target[1] - o[1], target[2] - o[2]);
    const Samples found = MarchAll(sparse.view(), options, ray);
    int expected = 0;
    for (const float t : MarchAll(full.view(), options, ray).t) {
      const float p[3] = {ray.origin[0] + t * ray.direction[0], ray.origin[1] + t * ray.direction[1],
                          ray.origin[2] + t * ray.direction[2]};
      int cascade;
      int64_t cell;
      expected += FindCell(sparse.view(), p, &cascade, &cell) && cell == cell_set;
    }
    EXPECT_NEAR(double(found.t.size()), expected, 1.01) << "ray " << i;
  }
}

// A midpoint a rounding error short of a face, in each direction along each axis: what comes next is a wall.
TEST(March, DoesNotLeapThroughAWallFromTheFaceOfACell) {
  constexpr int kRes = 16;
  const MarchOptions options{.near = 0, .step = 0.01f, .cone = 0};
  for (int axis = 0; axis < 3; ++axis) {
    for (const float way : {-1.0f, 1.0f}) {
      Grid wall(kRes, 1, false);
      const int at = way > 0 ? kRes - 3 : 2;
      for (int64_t cell = 0; cell < kRes * kRes * kRes; ++cell)
        if ((axis == 0 ? cell % kRes : axis == 1 ? cell / kRes % kRes : cell / (kRes * kRes)) == at) wall.Set(0, cell);
      for (int face = 4; face < kRes - 3; ++face) {
        const float x = float(face) * 2 / kRes - 1, mid = 0.5f * options.step;
        for (const float off : {-1e-9f, 1e-9f, -1e-8f, 1e-8f, -6e-8f, 6e-8f, 0.0f}) {
          MarchState ray = RayFrom(0.03f, 0.03f, 0.03f, 0, 0, 0);
          for (float& d : ray.direction) d = 0;
          ray.direction[axis] = way;
          ray.origin[axis] = x + off - way * mid;
          ray.t_end = 2;
          float t[64], dt[64];
          EXPECT_GT(March(wall.view(), options, &ray, 64, t, dt), 0) << axis << " " << way << " " << x << " " << off;
        }
      }
    }
  }
}

TEST(March, JitterMovesTheStart) {
  const Grid grid(16, 1, true);
  MarchOptions options;
  options.step = 0.01f;
  options.cone = 0;
  const MarchState ray = RayFrom(-3, 0, 0, 1, 0, 0);
  const float still = MarchAll(grid.view(), options, ray).t.front(),
              moved = MarchAll(grid.view(), options, ray, 64, 0.75f).t.front();
  EXPECT_NEAR(moved - still, 0.0075, 1e-5);
}

TEST(March, NearKeepsItsDistance) {
  const Grid grid(16, 1, true);
  MarchOptions options;
  options.near = 0.3f;
  EXPECT_GE(MarchAll(grid.view(), options, RayFrom(0, 0, 0, 0, 0, 1)).t.front(), 0.3f);
}

}  // namespace
}  // namespace sanerf::kernels
