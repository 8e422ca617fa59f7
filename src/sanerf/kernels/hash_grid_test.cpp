#include <gtest/gtest.h>

#include <cmath>

#include "sanerf/kernels/kernels_test_support.h"
#include "sanerf/kernels/reference.h"

namespace sanerf::kernels {
namespace {

constexpr double kFloatEpsilon = 0x1p-24;

// Two dense and two hashed levels; the last has more cells than a float resolves comfortably.
GridShape MakeShape(int features) {
  GridShape shape;
  shape.num_levels = 4;
  shape.num_features = features;
  shape.levels[0] = {5, 128, 0, true};
  shape.levels[1] = {16, 4096, 128, true};
  shape.levels[2] = {64, 1u << 12, 4224, false};
  shape.levels[3] = {2048, 1u << 14, 8320, false};
  return shape;
}
constexpr int64_t kRows = 8320 + (1 << 14);

// Tile 0 and 1: anywhere; tile 2: both faces and beyond; tile 3: on the nodes and half way between them, exactly and
// one float beside; tile 4: all in one cell of the finest level, half of them at the very same place.
std::vector<float> TestPositions() {
  std::vector<float> x = RandomFloats(5 * 3 * kTile, 0, 1, 11);
  const float faces[8] = {0.0f, 1.0f, -0.25f, 1.5f, -1e30f, 1e30f, 0x1p-24f, 1.0f - 0x1p-24f};
  Random random(12);
  for (int64_t s = 2 * kTile; s < 3 * kTile; ++s)
    for (int a = 0; a < 3; ++a)
      if (random.NextBelow(3) > 0) x[TiledIndex(3, s, a)] = faces[random.NextBelow(8)];
  const float resolutions[4] = {5, 16, 64, 2048};
  for (int64_t s = 3 * kTile; s < 4 * kTile; ++s)
    for (int a = 0; a < 3; ++a) {
      const float res = resolutions[s % 4];
      float at = (float(random.NextBelow(uint32_t(res))) + (random.NextBelow(2) ? 0.5f : 0.0f)) / res;
      if (random.NextBelow(3) == 0) at = std::nextafter(at, random.NextBelow(2) ? 2.0f : -2.0f);
      x[TiledIndex(3, s, a)] = at;
    }
  for (int64_t s = 4 * kTile; s < 5 * kTile; ++s)
    for (int a = 0; a < 3; ++a) x[TiledIndex(3, s, a)] = 0.3f + (s % 2 ? 0.0f : 1e-4f * random.NextFloat());
  return x;
}
constexpr int64_t kTiles = 5, kSamples = kTiles * kTile;

std::vector<double> DoubleOf(const std::vector<float>& values) { return {values.begin(), values.end()}; }

// Where the float position is off by one rounding, each trilinear weight is off by this much.
double WeightError(const GridLevel& level) { return 3 * 2 * level.resolution * kFloatEpsilon; }

TEST(HashGridReference, LooksUpNodesExactly) {
  const GridShape shape = MakeShape(2);
  const std::vector<double> table = DoubleOf(RandomFloats(kRows * 2, -1, 1, 1));
  // Node (3, 7, 12) of the level with 16 nodes: row 3 + 16 (7 + 16 12) after the 128 of the level before.
  const double at[3] = {3.5 / 16, 7.5 / 16, 12.5 / 16};
  double out[8];
  reference::GridForward(shape, table.data(), at, out);
  const size_t row = 128 + 3 + 16 * (7 + 16 * 12);
  EXPECT_NEAR(out[2], table[row * 2], 1e-12);
  EXPECT_NEAR(out[3], table[row * 2 + 1], 1e-12);
  // Half way to the next node in x: the mean of both.
  const double between[3] = {4.0 / 16, 7.5 / 16, 12.5 / 16};
  reference::GridForward(shape, table.data(), between, out);
  EXPECT_NEAR(out[2], 0.5 * (table[row * 2] + table[row * 2 + 2]), 1e-12);
}

TEST(HashGridReference, HashesAsPublished) {
  const GridLevel level{64, 1u << 12, 0, false};
  // 5 ^ 6 * 2654435761 ^ 7 * 805459861 modulo 2^32 = 5 ^ 3041712678 ^ 1343251731; lowest twelve bits.
  EXPECT_EQ(reference::RowOfNode(level, 5, 6, 7), (5u ^ 3041712678u ^ 1343251731u) & 4095u);
}

TEST(HashGridReference, BackwardIsTheDerivative) {
  const GridShape shape = MakeShape(2);
  std::vector<double> table = DoubleOf(RandomFloats(kRows * 2, -1, 1, 2));
  const std::vector<float> grad = RandomFloats(8, -1, 1, 3);
  const std::vector<double> grad_out = DoubleOf(grad);
  const double position[3] = {0.4321, 0.8765, 0.1357};
  std::vector<double> grad_table(table.size(), 0.0);
  reference::GridBackward(shape, position, grad_out.data(), grad_table.data());

  const auto loss = [&] {
    double out[8], sum = 0;
    reference::GridForward(shape, table.data(), position, out);
    for (int i = 0; i < 8; ++i) sum += grad_out[size_t(i)] * out[i];
    return sum;
  };
  // Every entry that is touched, and every 97th of the others. The loss is linear, so the difference is exact.
  int touched = 0;
  for (size_t i = 0; i < table.size(); ++i) {
    if (grad_table[i] == 0 && i % 97 != 0) continue;
    touched += grad_table[i] != 0;
    const double saved = table[i], step = 0.5;
    table[i] = saved + step;
    const double above = loss();
    table[i] = saved - step;
    const double below = loss();
    table[i] = saved;
    EXPECT_NEAR(grad_table[i], (above - below) / (2 * step), 1e-13) << "entry " << i;
  }
  EXPECT_EQ(touched, 4 * 8 * 2);
}

class HashGridTest : public BuildTest {};
SANERF_TEST_ALL_BUILDS(HashGridTest);

TEST_P(HashGridTest, ForwardMatchesTwin) {
  const std::vector<float> positions = TestPositions();
  for (const int features : {2, 4, 8}) {
    const GridShape shape = MakeShape(features);
    const int channels = 4 * features;
    const std::vector<float> table = RandomFloats(kRows * features, -1, 1, 4);
    const std::vector<double> table_double = DoubleOf(table);
    std::vector<float> out(size_t(kSamples * channels), NAN);
    GetParam()->grid_forward(shape, table.data(), positions.data(), kTiles, out.data());
    for (int64_t s = 0; s < kSamples; ++s) {
      std::vector<double> expected(static_cast<size_t>(channels));
      reference::GridForward(shape, table_double.data(), SampleOf(positions, 3, s).data(), expected.data());
      for (int c = 0; c < channels; ++c)
        ASSERT_NEAR(out[TiledIndex(channels, s, c)], expected[size_t(c)],
                    1e-6 + 2 * WeightError(shape.levels[c / features]))
            << features << " features, sample " << s << ", channel " << c;
    }
  }
}

TEST_P(HashGridTest, BackwardMatchesTwin) {
  const std::vector<float> positions = TestPositions();
  for (const int features : {2, 4, 8}) {
    const GridShape shape = MakeShape(features);
    const int channels = 4 * features;
    const std::vector<float> grad_out = RandomFloats(kSamples * channels, -1, 1, 5);
    const std::vector<float> start = RandomFloats(kRows * features, -1, 1, 6);  // the kernel adds
    std::vector<float> grad = start;
    for (int l = 0; l < shape.num_levels; ++l)
      GetParam()->grid_backward(shape, l, positions.data(), grad_out.data(), kTiles, grad.data());

    std::vector<double> expected = DoubleOf(start);
    std::vector<double> touches(expected.size(), 1.0);
    for (int64_t s = 0; s < kSamples; ++s) {
      const std::vector<double> x = SampleOf(positions, 3, s);
      reference::GridBackward(shape, x.data(), SampleOf(grad_out, channels, s).data(), expected.data());
      for (int l = 0; l < shape.num_levels; ++l)
        for (const auto& corner : reference::CornersOf(shape.levels[l], x.data()))
          for (int f = 0; f < features; ++f) touches[corner.row * uint64_t(features) + uint64_t(f)] += 1;
    }
    for (int l = 0; l < shape.num_levels; ++l) {
      const GridLevel& level = shape.levels[l];
      for (uint64_t i = level.row_offset * uint64_t(features);
           i < (level.row_offset + level.num_rows) * uint64_t(features); ++i)
        ASSERT_NEAR(grad[i], expected[i], touches[i] * (1e-6 + WeightError(level)))
            << features << " features, level " << l << ", entry " << i;
    }
  }
}

TEST_P(HashGridTest, BackwardTouchesItsLevelOnly) {
  const std::vector<float> positions = TestPositions();
  const GridShape shape = MakeShape(2);
  const std::vector<float> grad_out = RandomFloats(kSamples * 8, -1, 1, 7);
  std::vector<float> grad(size_t(kRows * 2), 0.0f);
  GetParam()->grid_backward(shape, 2, positions.data(), grad_out.data(), kTiles, grad.data());
  for (size_t i = 0; i < grad.size(); ++i) {
    const bool inside = i >= 4224 * 2 && i < 8320 * 2;
    ASSERT_TRUE(inside || grad[i] == 0.0f) << "entry " << i;
  }
}

// A level surrounded by NaN: no point, not even on the last node or beyond, reads what is not its own.
TEST_P(HashGridTest, ReadsItsLevelOnly) {
  const std::vector<float> positions = TestPositions();
  for (const int features : {2, 4, 8})
    for (const bool dense : {true, false}) {
      GridShape shape;
      shape.num_levels = 1;
      shape.num_features = features;
      shape.levels[0] = {8, dense ? 512u : 256u, 16, dense};
      const size_t begin = 16 * size_t(features), end = begin + shape.levels[0].num_rows * size_t(features);
      std::vector<float> table(end + begin, NAN);
      std::fill(table.begin() + std::ptrdiff_t(begin), table.begin() + std::ptrdiff_t(end), 1.0f);
      std::vector<float> out(size_t(kSamples * features), NAN);
      GetParam()->grid_forward(shape, table.data(), positions.data(), kTiles, out.data());
      for (const float value : out) ASSERT_NEAR(value, 1.0, 1e-6) << features << " features";  // weights add up to one
    }
}

TEST_P(HashGridTest, OutsideIsTheNearestFace) {
  const GridShape shape = MakeShape(4);
  const std::vector<float> table = RandomFloats(kRows * 4, -1, 1, 8);
  std::vector<float> outside = RandomFloats(3 * kTile, -2, 3, 9), clamped = outside;
  for (float& x : clamped) x = std::min(std::max(x, 0.0f), 1.0f);
  std::vector<float> a(16 * kTile), b(16 * kTile);
  GetParam()->grid_forward(shape, table.data(), outside.data(), 1, a.data());
  GetParam()->grid_forward(shape, table.data(), clamped.data(), 1, b.data());
  EXPECT_EQ(a, b);
}

TEST_P(HashGridTest, RepeatsItselfAndNeedsNoAlignment) {
  const std::vector<float> positions = TestPositions();
  const GridShape shape = MakeShape(8);
  const std::vector<float> table = RandomFloats(kRows * 8, -1, 1, 10),
                           grad_out = RandomFloats(kSamples * 32, -1, 1, 11);
  // The second run reads and writes one float further on, so that no register load is aligned.
  const auto run = [&](size_t shift) {
    const auto moved = [&](const std::vector<float>& v) {
      std::vector<float> copy(v.size() + shift);
      std::copy(v.begin(), v.end(), copy.begin() + std::ptrdiff_t(shift));
      return copy;
    };
    std::vector<float> out(size_t(kSamples * 32) + shift), grad(size_t(kRows * 8) + shift);
    const std::vector<float> x = moved(positions), t = moved(table), g = moved(grad_out);
    GetParam()->grid_forward(shape, t.data() + shift, x.data() + shift, kTiles, out.data() + shift);
    for (int l = 0; l < 4; ++l)
      GetParam()->grid_backward(shape, l, x.data() + shift, g.data() + shift, kTiles, grad.data() + shift);
    out.insert(out.end(), grad.begin() + std::ptrdiff_t(shift), grad.end());
    out.erase(out.begin(), out.begin() + std::ptrdiff_t(shift));
    return out;
  };
  EXPECT_EQ(run(0), run(0));
  EXPECT_EQ(run(0), run(1));
}

// ---- With a time axis

// The same four levels at 2 to 40 times; one dense, one dense in space but not with its times.
GridShape MakeShapeOverTime(int features, bool linear) {
  GridShape shape = MakeShape(features);
  shape.has_time = true;
  shape.linear_time = linear;
  const uint32_t times[4] = {2, 3, 11, 40};
  shape.levels[0] = {4, 128, 0, true};
  shape.levels[1] = {16, 4096, 128, false};
  for (int l = 0; l < 4; ++l) shape.levels[l].num_times = times[l];
  return shape;
}

// TestPositions with times: anywhere, at both ends and beyond them. Those of the nearest time are never half way.
std::vector<float> TestPlacesAndTimes() {
  const std::vector<float> positions = TestPositions();
  std::vector<float> x(size_t(kSamples * 4));
  Random random(13);
  for (int64_t s = 0; s < kSamples; ++s) {
    for (int a = 0; a < 3; ++a) x[TiledIndex(4, s, a)] = positions[TiledIndex(3, s, a)];
    float time = 0;
    const auto is_between_nodes = [&] {
      for (const double count : {2.0, 3.0, 11.0, 40.0}) {
        const double at = double(time) * count;
        if (at > 0 && at < count && std::fabs(at - std::round(at)) < 1e-4) return true;
      }
      return false;
    };
    do time = s % 9 == 0 ? float(random.NextBelow(4)) - 1.0f : random.NextFloat();
    while (is_between_nodes());
    x[TiledIndex(4, s, 3)] = time;
  }
  return x;
}

// Where the float time is off by a rounding, so are the weights of the two times.
double WeightErrorOverTime(const GridLevel& level) {
  return WeightError(level) + 2 * 2 * level.num_times * kFloatEpsilon;
}

TEST(HashGridReference, TimesAreNodesOfTheirOwn) {
  for (const bool linear : {true, false}) {
    const GridShape shape = MakeShapeOverTime(2, linear);
    const std::vector<double> table = DoubleOf(RandomFloats(kRows * 2, -1, 1, 1));
    // Node (3, 1, 2) of the coarsest level, 4 nodes at 2 times: row 3 + 4 (1 + 4 (2 + 4 t)).
    const size_t early = 3 + 4 * (1 + 4 * 2), late = early + 64;
    const auto at_time = [&](double time) {
      const double at[4] = {3.5 / 4, 1.5 / 4, 2.5 / 4, time};
      double out[8];
      reference::GridForward(shape, table.data(), at, out);
      return out[0];
    };
    EXPECT_NEAR(at_time(0), table[early * 2], 1e-12);
    EXPECT_NEAR(at_time(0.25), table[early * 2], 1e-12);
    EXPECT_NEAR(at_time(0.75), table[late * 2], 1e-12);
    EXPECT_NEAR(at_time(1), table[late * 2], 1e-12);
    EXPECT_NEAR(at_time(0.4), linear ? 0.7 * table[early * 2] + 0.3 * table[late * 2] : table[early * 2], 1e-12);
  }
}

TEST(HashGridReference, BackwardOverTimeMatchesDifferences) {
  for (const bool linear : {true, false}) {
    const GridShape shape = MakeShapeOverTime(2, linear);
    std::vector<double> table = DoubleOf(RandomFloats(kRows * 2, -1, 1, 2));
    const std::vector<double> grad_out = DoubleOf(RandomFloats(8, -1, 1, 3));
    const double at[4] = {0.31, 0.62, 0.17, 0.43};
    std::vector<double> grad_table(table.size(), 0.0);
    reference::GridBackward(shape, at, grad_out.data(), grad_table.data());
    const auto loss = [&] {
      double out[8], sum = 0;
      reference::GridForward(shape, table.data(), at, out);
      for (int i = 0; i < 8; ++i) sum += grad_out[size_t(i)] * out[i];
      return sum;
    };
    int touched = 0;
    for (size_t i = 0; i < table.size(); ++i) {
      if (grad_table[i] == 0 && i % 97 != 0) continue;
      touched += grad_table[i] != 0;
      const double saved = table[i], step = 0.5;
      table[i] = saved + step;
      const double above = loss();
      table[i] = saved - step;
      const double below = loss();
      table[i] = saved;
      EXPECT_NEAR(grad_table[i], (above - below) / (2 * step), 1e-13) << "entry " << i;
    }
    EXPECT_EQ(touched, 4 * (linear ? 16 : 8) * 2);
  }
}

TEST_P(HashGridTest, ForwardAndBackwardOverTimeMatchTheTwin) {
  const std::vector<float> places = TestPlacesAndTimes();
  for (const bool linear : {true, false})
    for (const int features : {2, 4, 8}) {
      SCOPED_TRACE(testing::Message() << features << " features, " << (linear ? "linear" : "nearest"));
      const GridShape shape = MakeShapeOverTime(features, linear);
      const int channels = 4 * features;
      const std::vector<float> table = RandomFloats(kRows * features, -1, 1, 4);
      const std::vector<float> grad_out = RandomFloats(kSamples * channels, -1, 1, 5);
      std::vector<float> out(size_t(kSamples * channels), NAN), grad(table.size(), 0.0f);
      GetParam()->grid_forward(shape, table.data(), places.data(), kTiles, out.data());
      for (int l = 0; l < shape.num_levels; ++l)
        GetParam()->grid_backward(shape, l, places.data(), grad_out.data(), kTiles, grad.data());

      const std::vector<double> table_double = DoubleOf(table);
      std::vector<double> expected_grad(table.size(), 0.0), touches(table.size(), 1.0);
      for (int64_t s = 0; s < kSamples; ++s) {
        const std::vector<double> x = SampleOf(places, 4, s);
        std::vector<double> expected(static_cast<size_t>(channels));
        reference::GridForward(shape, table_double.data(), x.data(), expected.data());
        for (int c = 0; c < channels; ++c)
          ASSERT_NEAR(out[TiledIndex(channels, s, c)], expected[size_t(c)],
                      1e-6 + 2 * WeightErrorOverTime(shape.levels[c / features]))
              << "sample " << s << ", channel " << c;
        reference::GridBackward(shape, x.data(), SampleOf(grad_out, channels, s).data(), expected_grad.data());
        for (int l = 0; l < shape.num_levels; ++l)
          for (const auto& corner : reference::AllCornersOf(shape, shape.levels[l], x.data()))
            for (int f = 0; f < features; ++f) touches[corner.row * uint64_t(features) + uint64_t(f)] += 1;
      }
      for (int l = 0; l < shape.num_levels; ++l) {
        const GridLevel& level = shape.levels[l];
        for (uint64_t i = level.row_offset * uint64_t(features);
             i < (level.row_offset + level.num_rows) * uint64_t(features); ++i)
          ASSERT_NEAR(grad[i], expected_grad[i], touches[i] * (1e-6 + WeightErrorOverTime(level)))
              << "level " << l << ", entry " << i;
      }
    }
}

}  // namespace
}  // namespace sanerf::kernels
