// Hash grid forward and backward: the density grid (16 x 2, up to 4096) and the object grid (16 x 8, up to 512).
#include <benchmark/benchmark.h>

#include <cmath>

#include "bench/limits.h"
#include "sanerf/core/random.h"
#include "sanerf/nn/hash_grid.h"

namespace sanerf::bench {
namespace {

using kernels::kTile;

constexpr int64_t kTiles = 1024, kSamples = kTiles * kTile;

// Random: every sample anywhere, the worst case. Rays: 64 samples a fine step apart along each random ray.
void FillPositions(bool rays, nn::Buffer* positions) {
  Random random(1);
  for (int64_t tile = 0; tile < kTiles; ++tile) {
    float from[3], to[3], length = 0;
    for (int a = 0; a < 3; ++a) {
      from[a] = 0.2f + 0.6f * random.NextFloat();
      to[a] = random.NextFloat() - 0.5f;
      length += to[a] * to[a];
    }
    for (int64_t s = 0; s < kTile; ++s)
      for (int a = 0; a < 3; ++a)
        (*positions)[(tile * 3 + a) * kTile + s] =
            rays ? from[a] + 0.0008f * float(s) * to[a] / std::sqrt(length) : random.NextFloat();
  }
}

struct GridSetup {
  explicit GridSetup(const benchmark::State& state)
      : grid("grid", OptionsFor(int(state.range(0))), 1),
        positions(kSamples * 3),
        out(kSamples * grid.num_outputs(), 1e-3f) {
    FillPositions(state.range(1) == 1, &positions);
    grid.params().PrepareTraining();
  }
  static nn::HashGridOptions OptionsFor(int features) {
    nn::HashGridOptions options;
    options.features = features;
    options.top = features == 2 ? 4096 : 512;
    return options;
  }

  nn::HashGrid grid;
  nn::Buffer positions, out;
};

void Report(benchmark::State& state, const GridSetup& setup, int accesses_per_row, double seconds) {
  const double samples = double(state.iterations()) * kSamples;
  state.counters["Msamples/s"] = samples / seconds / 1e6;
  state.counters["of_gather"] = accesses_per_row * GridLimitSeconds(setup.grid.shape(), samples, 1) / seconds;
}

void GridForward(benchmark::State& state) {
  GridSetup setup(state);
  const Stopwatch stopwatch;
  for (auto _ : state) setup.grid.Forward(setup.positions.data(), kTiles, setup.out.data());
  Report(state, setup, 1, stopwatch.Seconds());
}

void GridBackward(benchmark::State& state) {
  GridSetup setup(state);
  const Stopwatch stopwatch;
  for (auto _ : state)
    for (int l = 0; l < 16; ++l) setup.grid.BackwardLevel(l, setup.positions.data(), setup.out.data(), kTiles);
  Report(state, setup, 2, stopwatch.Seconds());  // a row is read and written
}

#define SANERF_GRID_BENCH(function, name) \
  BENCHMARK(function)                     \
      ->Name(name)                        \
      ->ArgNames({"features", "rays"})    \
      ->ArgsProduct({{2, 8}, {0, 1}})     \
      ->Unit(benchmark::kMillisecond)
SANERF_GRID_BENCH(GridForward, "grid_forward");
SANERF_GRID_BENCH(GridBackward, "grid_backward");

}  // namespace
}  // namespace sanerf::bench
