// Marching and compositing, one thread.
#include <benchmark/benchmark.h>

#include <cmath>
#include <vector>

#include "bench/limits.h"
#include "sanerf/core/random.h"
#include "sanerf/kernels/composite.h"
#include "sanerf/kernels/march.h"

namespace sanerf::bench {
namespace {

constexpr int kRays = 4096, kPerRay = 64;

// A shell of radius 0.5 to 0.6 in a box of 128^3 cells: most of a ray is empty, as in a trained scene.
std::vector<uint64_t> ShellBits(int resolution) {
  std::vector<uint64_t> bits(size_t(resolution) * resolution * resolution / 64, 0);
  for (int64_t cell = 0; cell < int64_t(bits.size()) * 64; ++cell) {
    double squared = 0;
    for (int64_t rest = cell, a = 0; a < 3; ++a, rest /= resolution)
      squared += std::pow((double(rest % resolution) + 0.5) * 2 / resolution - 1, 2);
    if (squared > 0.25 && squared < 0.36) bits[size_t(cell / 64)] |= uint64_t{1} << (cell % 64);
  }
  return bits;
}

void March(benchmark::State& state) {
  const std::vector<uint64_t> bits = ShellBits(128);
  const kernels::OccupancyView view{128, 1, bits.data()};
  kernels::MarchOptions options;
  options.cone = 0;
  std::vector<kernels::MarchState> rays(kRays);
  Random random(4);
  for (kernels::MarchState& ray : rays) {
    float to[3], length = 0;
    for (int a = 0; a < 3; ++a) {
      ray.origin[a] = a == 2 ? 3.0f : 0.0f;
      to[a] = random.NextFloat() - 0.5f - ray.origin[a];
      length += to[a] * to[a];
    }
    for (int a = 0; a < 3; ++a) ray.direction[a] = to[a] / std::sqrt(length);
  }
  float t[kPerRay], dt[kPerRay];
  int64_t samples = 0;
  const Stopwatch stopwatch;
  for (auto _ : state)
    for (const kernels::MarchState& start : rays) {
      kernels::MarchState ray = start;
      kernels::StartMarch(view, options, 0.5f, &ray);
      while (const int count = kernels::March(view, options, &ray, kPerRay, t, dt)) samples += count;
    }
  const double seconds = stopwatch.Seconds();
  state.counters["Msamples/s"] = double(samples) / seconds / 1e6;
  state.counters["Mrays/s"] = double(state.iterations()) * kRays / seconds / 1e6;
}
BENCHMARK(March)->Name("march")->Unit(benchmark::kMillisecond);

void Composite(benchmark::State& state) {
  const bool backward = state.range(0) == 1;
  std::vector<float> sigma(kRays * kPerRay), dt(sigma.size(), 0.0035f), values(sigma.size() * 3, 0.5f),
      grad(sigma.size(), 0.1f);
  Random random(5);
  for (float& value : sigma) value = 50 * random.NextFloat();
  float weights[kPerRay], grad_sigma[kPerRay], rgb[3];
  const Stopwatch stopwatch;
  for (auto _ : state)
    for (int r = 0; r < kRays; ++r) {
      const float *s = &sigma[size_t(r) * kPerRay], *d = &dt[size_t(r) * kPerRay];
      const float rest = kernels::CompositeWeights(kPerRay, s, d, weights);
      kernels::CompositeValues(kPerRay, weights, &values[size_t(r) * kPerRay * 3], 3, rgb);
      if (backward)
        kernels::CompositeBackward(kPerRay, s, d, weights, rest, &grad[size_t(r) * kPerRay], 0.1f, grad_sigma);
      benchmark::DoNotOptimize(rgb);
      benchmark::DoNotOptimize(grad_sigma);
    }
  state.counters["Msamples/s"] = double(state.iterations()) * kRays * kPerRay / stopwatch.Seconds() / 1e6;
}
BENCHMARK(Composite)->Name("composite")->ArgName("backward")->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace sanerf::bench
