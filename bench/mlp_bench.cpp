// The networks of the product: density, color, objects.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "bench/limits.h"
#include "sanerf/core/random.h"
#include "sanerf/nn/mlp.h"

namespace sanerf::bench {
namespace {

using kernels::kTile;

constexpr int64_t kTiles = 128, kSamples = kTiles * kTile;

struct MlpSetup {
  explicit MlpSetup(const std::vector<int>& widths) : mlp("mlp", widths, 0, 1) {
    const auto fill = [](int64_t size) {
      nn::Buffer buffer(size);
      Random random{uint64_t(size)};
      for (float& value : buffer.span()) value = random.NextFloat() - 0.5f;
      return buffer;
    };
    x = fill(kSamples * mlp.num_inputs());
    grad_out = fill(kSamples * mlp.num_outputs());
    hidden = nn::Buffer(kSamples * mlp.shape().HiddenWidth());
    out = nn::Buffer(kSamples * mlp.num_outputs());
    grad_x = nn::Buffer(x.size());
    grads = nn::Buffer(mlp.params().size());
    scratch = nn::Buffer(mlp.ScratchSize());
  }
  void Forward() { mlp.Forward(x.data(), kTiles, hidden.data(), out.data()); }
  void Backward() {
    mlp.Backward(x.data(), hidden.data(), grad_out.data(), kTiles, grad_x.data(), grads.data(), scratch.data());
  }

  nn::Mlp mlp;
  nn::Buffer x, grad_out, hidden, out, grad_x, grads, scratch;
};

void Report(benchmark::State& state, const MlpSetup& setup, double flops_per_weight, double seconds) {
  const double samples = double(state.iterations()) * kSamples;
  const double flops = samples * flops_per_weight * double(setup.mlp.params().size());
  state.counters["Msamples/s"] = samples / seconds / 1e6;
  state.counters["GFLOP/s"] = flops / seconds / 1e9;
  state.counters["of_fma"] = flops / FmaLimit(1) / seconds;
}

void MlpForward(benchmark::State& state, const std::vector<int>& widths) {
  MlpSetup setup(widths);
  const Stopwatch stopwatch;
  for (auto _ : state) setup.Forward();
  Report(state, setup, 2, stopwatch.Seconds());
}

void MlpBackward(benchmark::State& state, const std::vector<int>& widths) {
  MlpSetup setup(widths);
  setup.Forward();
  const Stopwatch stopwatch;
  for (auto _ : state) setup.Backward();
  Report(state, setup, 4, stopwatch.Seconds());  // gradients of weights and of inputs
}

const bool kRegistered = [] {
  const std::vector<int> networks[] = {{32, 64, 16}, {32, 64, 64, 3}, {144, 256, 256, 2}};
  for (const auto& widths : networks) {
    const std::string name = fmt::format("{}", fmt::join(widths, "-"));
    benchmark::RegisterBenchmark(("mlp_forward/" + name).c_str(), MlpForward, widths)->Unit(benchmark::kMillisecond);
    benchmark::RegisterBenchmark(("mlp_backward/" + name).c_str(), MlpBackward, widths)->Unit(benchmark::kMillisecond);
  }
  return true;
}();

}  // namespace
}  // namespace sanerf::bench
