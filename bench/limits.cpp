#include "bench/limits.h"

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <ctime>
#include <functional>
#include <map>
#include <numeric>
#include <thread>
#include <vector>

#include "sanerf/kernels/isa.h"
#include "sanerf/nn/buffer.h"

namespace sanerf::bench {
namespace {

// Amount per second of `work` on so many threads at once: each thread by its own processor time, best of several runs,
// since whatever else the machine does only slows a run down.
double BestRate(int threads, double amount, const std::function<void()>& work) {
  double best = 0;
  for (int repeat = 0; repeat < 9; ++repeat) {
    std::vector<double> rates(size_t(threads), 0.0);
    const auto measure = [&](size_t i) {
      const Stopwatch stopwatch;
      work();
      rates[i] = amount / stopwatch.Seconds();
    };
    std::vector<std::thread> others;
    for (int i = 1; i < threads; ++i) others.emplace_back(measure, size_t(i));
    measure(0);
    for (std::thread& thread : others) thread.join();
    best = std::max(best, std::accumulate(rates.begin(), rates.end(), 0.0));
  }
  return best;
}

// ---- Multiply-add --------------------------------------------------------------------------------------------------

// Twelve independent chains cover two pipes of up to six cycles' latency and fit in sixteen registers.
constexpr int kChains = 12;
constexpr int64_t kRounds = 2'000'000;

#define SANERF_DEFINE_FMA_LOOP(Name, target, lanes)                                                     \
  target void Name() {                                                                                  \
    typedef float Vec __attribute__((vector_size(4 * (lanes))));                                        \
    Vec chains[kChains], factor = Vec{} + 0.999f, term = Vec{} + 1e-3f;                                 \
    for (int i = 0; i < kChains; ++i) chains[i] = Vec{} + float(i);                                     \
    for (int64_t round = 0; round < kRounds; ++round) {                                                 \
      _Pragma("GCC unroll 12") for (int i = 0; i < kChains; ++i) chains[i] = chains[i] * factor + term; \
      asm volatile("" : "+x"(factor));                                                                  \
    }                                                                                                   \
    for (int i = 1; i < kChains; ++i) chains[0] += chains[i];                                           \
    float sum = chains[0][0];                                                                           \
    benchmark::DoNotOptimize(sum);                                                                      \
  }

#if defined(__x86_64__)
SANERF_DEFINE_FMA_LOOP(FmaLoop4, , 4)
SANERF_DEFINE_FMA_LOOP(FmaLoop8, __attribute__((target("avx2,fma"))), 8)
SANERF_DEFINE_FMA_LOOP(FmaLoop16, __attribute__((target("avx512f,fma,prefer-vector-width=512"))), 16)
void FmaLoop() {
  const int lanes = kernels::Kernels().vector_width;
  lanes == 16 ? FmaLoop16() : lanes == 8 ? FmaLoop8() : FmaLoop4();
}
#else
void FmaLoop() {
  typedef float Vec __attribute__((vector_size(16)));
  Vec chains[kChains], factor = Vec{} + 0.999f, term = Vec{} + 1e-3f;
  for (int i = 0; i < kChains; ++i) chains[i] = Vec{} + float(i);
  for (int64_t round = 0; round < kRounds; ++round) {
#pragma GCC unroll 12
    for (int i = 0; i < kChains; ++i) chains[i] = chains[i] * factor + term;
    benchmark::DoNotOptimize(factor);
  }
  for (int i = 1; i < kChains; ++i) chains[0] += chains[i];
  float sum = chains[0][0];
  benchmark::DoNotOptimize(sum);
}
#endif

// ---- Random loads
// ----------------------------------------------------------------------------------------------------

constexpr int64_t kLoads = int64_t{1} << 22;

// Eight generators side by side, so that neither their arithmetic nor a load waits for another one.
void GatherLoop(const float* table, uint64_t num_rows, uint64_t seed) {
  uint64_t state[8], sum = 0;
  for (uint64_t i = 0; i < 8; ++i) state[i] = (seed + i) * 0x9e3779b97f4a7c15ull;
  const uint64_t mask = num_rows - 1;
  for (int64_t n = 0; n < kLoads; n += 8) {
#pragma GCC unroll 8
    for (int i = 0; i < 8; ++i) {
      state[i] = state[i] * 6364136223846793005ull + 1442695040888963407ull;
      uint64_t row;
      __builtin_memcpy(&row, table + 2 * ((state[i] >> 36) & mask), sizeof row);
      sum += row;
    }
  }
  benchmark::DoNotOptimize(sum);
}

std::map<int, double>& FmaMemory() {
  static std::map<int, double> memory;
  return memory;
}
std::map<std::pair<int64_t, int>, double>& GatherMemory() {
  static std::map<std::pair<int64_t, int>, double> memory;
  return memory;
}

}  // namespace

double FmaLimit(int threads) {
  const auto [at, fresh] = FmaMemory().try_emplace(threads, 0.0);
  if (fresh) at->second = BestRate(threads, 2.0 * kChains * kRounds * kernels::Kernels().vector_width, FmaLoop);
  return at->second;
}

double GatherLimit(int64_t table_bytes, int threads) {
  const uint64_t num_rows = std::bit_ceil(uint64_t(table_bytes)) / 8;
  const auto [at, fresh] = GatherMemory().try_emplace({int64_t(num_rows) * 8, threads}, 0.0);
  if (fresh) {
    const nn::Buffer table(int64_t(num_rows) * 2, 1.0f);
    at->second = BestRate(threads, double(kLoads), [&] { GatherLoop(table.data(), num_rows, 1 + num_rows); });
  }
  return at->second;
}

double GridLimitSeconds(const kernels::GridShape& shape, double samples, int threads) {
  double seconds = 0;
  for (int l = 0; l < shape.num_levels; ++l) {
    const int64_t bytes = int64_t(shape.levels[l].num_rows) * shape.num_features * 4;
    seconds += 8 * samples / GatherLimit(bytes, threads);
  }
  return seconds;
}

void PrintLimits() {
  fmt::print("\nLimits measured in this run ({} build):\n", kernels::Kernels().name);
  for (const auto& [threads, flops] : FmaMemory())
    fmt::print("  multiply-add   {} thread{}  {:8.1f} GFLOP/s\n", threads, threads == 1 ? " " : "s", flops / 1e9);
  for (const auto& [key, rate] : GatherMemory())
    fmt::print("  random loads   {} thread{}  {:8.1f} M/s out of {:.3g} MiB\n", key.second, key.second == 1 ? " " : "s",
               rate / 1e6, double(key.first) / (1 << 20));
}

double Stopwatch::Now() const {
  timespec now;
  constexpr clockid_t kClocks[] = {CLOCK_THREAD_CPUTIME_ID, CLOCK_PROCESS_CPUTIME_ID, CLOCK_MONOTONIC};
  clock_gettime(kClocks[clock_], &now);
  return double(now.tv_sec) + 1e-9 * double(now.tv_nsec);
}

// The limits as benchmarks of their own.
static void ReportFmaPeak(benchmark::State& state) {
  for (auto _ : state) state.counters["GFLOP/s"] = FmaLimit(int(state.range(0))) / 1e9;
}
BENCHMARK(ReportFmaPeak)->Name("fma_peak")->ArgName("threads")->Arg(1)->Arg(2)->Iterations(1);

static void ReportRandomGather(benchmark::State& state) {
  for (auto _ : state) state.counters["Mloads/s"] = GatherLimit(state.range(0) * 1024, int(state.range(1))) / 1e6;
}
// 64 MiB: the whole table of the default grid; 4 MiB: one hashed level of it; 32 KiB: its coarsest level.
BENCHMARK(ReportRandomGather)
    ->Name("random_gather")
    ->ArgNames({"KiB", "threads"})
    ->ArgsProduct({{64 << 10, 4 << 10, 32}, {1, 2}})
    ->Iterations(1);

}  // namespace sanerf::bench
