// Activations, direction encoding, optimizer.
#include <benchmark/benchmark.h>

#include "bench/limits.h"
#include "sanerf/core/random.h"
#include "sanerf/kernels/isa.h"
#include "sanerf/nn/parameters.h"

namespace sanerf::bench {
namespace {

using kernels::kTile;

constexpr int64_t kCount = 64 * kTile;  // in the second-level cache, as in use

nn::Buffer RandomBuffer(int64_t size) {
  nn::Buffer buffer(size);
  Random random(2);
  for (float& value : buffer.span()) value = 2 * random.NextFloat() - 1;
  return buffer;
}

void ReportRate(benchmark::State& state, const char* unit, double count, double seconds) {
  state.counters[unit] = double(state.iterations()) * count / seconds / 1e6;
}

void ExpOrSigmoid(benchmark::State& state, kernels::ExpFn* function) {
  const nn::Buffer x = RandomBuffer(kCount);
  nn::Buffer y(kCount);
  const Stopwatch stopwatch;
  for (auto _ : state) {
    function(x.data(), kCount, y.data());
    benchmark::ClobberMemory();
  }
  ReportRate(state, "Mvalues/s", kCount, stopwatch.Seconds());
}
void Exp(benchmark::State& state) { ExpOrSigmoid(state, kernels::Kernels().exp); }
void Sigmoid(benchmark::State& state) { ExpOrSigmoid(state, kernels::Kernels().sigmoid); }
BENCHMARK(Exp)->Name("exp");
BENCHMARK(Sigmoid)->Name("sigmoid");

void SphericalHarmonics(benchmark::State& state) {
  const nn::Buffer directions = RandomBuffer(kCount * 3);
  nn::Buffer out(kCount * 16);
  const Stopwatch stopwatch;
  for (auto _ : state) {
    kernels::Kernels().spherical_harmonics(directions.data(), kCount / kTile, out.data());
    benchmark::ClobberMemory();
  }
  ReportRate(state, "Msamples/s", kCount, stopwatch.Seconds());
}
BENCHMARK(SphericalHarmonics)->Name("spherical_harmonics");

// On a table larger than the caches; permille of the rows (of two values) that have a gradient.
void Adam(benchmark::State& state) {
  const int64_t size = int64_t{12} << 20;
  nn::Parameters params;
  params.values = nn::Buffer(size, 0.1f);
  params.PrepareTraining();
  kernels::AdamStep step;
  step.skip_zero = true;
  double seconds = 0;
  for (auto _ : state) {
    state.PauseTiming();
    Random random(3);
    for (int64_t i = 0; i < size; i += 2)
      if (random.NextBelow(1000) < uint32_t(state.range(0))) params.grads[i] = params.grads[i + 1] = 0.01f;
    state.ResumeTiming();
    const Stopwatch stopwatch;
    params.Step(step, 0, size);
    seconds += stopwatch.Seconds();
    ++step.step;
  }
  ReportRate(state, "Mparams/s", double(size), seconds);
}
BENCHMARK(Adam)->Name("adam")->ArgName("permille")->Arg(1000)->Arg(200)->Arg(20)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace sanerf::bench
