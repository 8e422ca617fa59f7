#include "sanerf/api/operators.h"

#include <fmt/format.h>

#include <algorithm>

#include "sanerf/core/error.h"
#include "sanerf/core/parallel.h"
#include "sanerf/kernels/tiled.h"
#include "sanerf/nn/hash_grid.h"
#include "sanerf/nn/mlp.h"
#include "sanerf/nn/training_step.h"

namespace sanerf::api {
namespace {

using kernels::kTile;

// Samples of a row-major array of `channels` per sample. Throws UsageError when it has not so many values.
int64_t NumSamples(std::span<const float> rows, int channels, const char* what) {
  if (rows.empty() || rows.size() % size_t(channels) != 0)
    throw UsageError(fmt::format("{} values of {} are no whole number of samples", rows.size(), what),
                     fmt::format("a sample has {}", channels));
  return int64_t(rows.size()) / channels;
}

void CheckSize(std::span<const float> rows, int64_t num_samples, int channels, const char* what) {
  if (int64_t(rows.size()) == num_samples * channels) return;
  throw UsageError(fmt::format("{} has {} values", what, rows.size()),
                   fmt::format("{} samples of {} are needed", num_samples, channels));
}

// [sample][channel] -> [tile][channel][kTile], zero where the last tile is not full, and back.
void ToTiles(std::span<const float> rows, int channels, int64_t num_samples, nn::Buffer* tiled) {
  const int64_t num_tiles = kernels::NumTiles(num_samples);
  tiled->Reserve(kernels::TiledSize(num_tiles, channels));
  const kernels::Tiled<float> to(tiled->data(), channels);
  ParallelFor(num_tiles, [&](int64_t tile) {
    const int64_t end = std::min(num_samples, (tile + 1) * kTile);
    if (end < (tile + 1) * kTile) std::fill_n(to.Tile(tile), to.Stride(), 0.f);
    for (int64_t s = tile * kTile; s < end; ++s) to.Set(s, &rows[size_t(s * channels)]);
  });
}

void FromTiles(const nn::Buffer& tiled, int channels, int64_t num_samples, std::span<float> rows) {
  const kernels::Tiled<const float> from(tiled.data(), channels);
  ParallelFor(kernels::NumTiles(num_samples), [&](int64_t tile) {
    const int64_t end = std::min(num_samples, (tile + 1) * kTile);
    for (int64_t s = tile * kTile; s < end; ++s) from.Get(s, &rows[size_t(s * channels)]);
  });
}

// Tiles are handed out in chunks, so that a thread works on neighboring memory. The chunks do not depend on the number
// of threads.
constexpr int64_t kTilesPerChunk = 16;
int64_t NumChunks(int64_t num_tiles) { return (num_tiles + kTilesPerChunk - 1) / kTilesPerChunk; }
int64_t TilesIn(int64_t chunk, int64_t num_tiles) {
  return std::min(kTilesPerChunk, num_tiles - chunk * kTilesPerChunk);
}

kernels::AdamStep KernelStep(const AdamOptions& options, int64_t step) {
  kernels::AdamStep adam;
  adam.lr = options.lr;
  adam.beta1 = options.beta1;
  adam.beta2 = options.beta2;
  adam.epsilon = options.epsilon;
  adam.step = step;
  return adam;
}

nn::HashGridOptions OptionsOf(const HashGridShape& shape) {
  nn::HashGridOptions options;
  options.levels = shape.levels;
  options.features = shape.features;
  options.log2_table = shape.log2_table;
  options.base = shape.base;
  options.top = shape.top;
  return options;
}

}  // namespace

struct HashGrid::Impl {
  Impl(const HashGridShape& shape, uint64_t seed) : grid("grid", OptionsOf(shape), seed) {
    grid.params().PrepareTraining();
  }
  sanerf::nn::HashGrid grid;
  int64_t num_samples = 0, step = 0;
  nn::Buffer positions, out;
};

HashGrid::HashGrid(const HashGridShape& shape, uint64_t seed) : impl_(std::make_unique<Impl>(shape, seed)) {}
HashGrid::~HashGrid() = default;
HashGrid::HashGrid(HashGrid&&) noexcept = default;
HashGrid& HashGrid::operator=(HashGrid&&) noexcept = default;

int HashGrid::num_outputs() const { return impl_->grid.num_outputs(); }
std::span<float> HashGrid::parameters() { return impl_->grid.params().values.span(); }
std::span<const float> HashGrid::gradients() const { return std::as_const(impl_->grid).params().grads.span(); }

void HashGrid::Forward(std::span<const float> positions, std::span<float> out) {
  Impl& impl = *impl_;
  impl.num_samples = NumSamples(positions, 3, "positions");
  CheckSize(out, impl.num_samples, num_outputs(), "out");
  const int64_t num_tiles = kernels::NumTiles(impl.num_samples);
  ToTiles(positions, 3, impl.num_samples, &impl.positions);
  impl.out.Reserve(num_tiles * kTile * num_outputs());
  ParallelFor(NumChunks(num_tiles), [&](int64_t chunk) {
    const int64_t first = chunk * kTilesPerChunk * kTile;
    impl.grid.Forward(impl.positions.data() + first * 3, TilesIn(chunk, num_tiles),
                      impl.out.data() + first * num_outputs());
  });
  FromTiles(impl.out, num_outputs(), impl.num_samples, out);
}

void HashGrid::Backward(std::span<const float> grad_out) {
  Impl& impl = *impl_;
  if (impl.num_samples == 0) throw UsageError("HashGrid::Backward comes after Forward");
  CheckSize(grad_out, impl.num_samples, num_outputs(), "grad_out");
  ToTiles(grad_out, num_outputs(), impl.num_samples, &impl.out);
  ParallelFor(impl.grid.shape().num_levels, [&](int64_t level) {
    impl.grid.BackwardLevel(int(level), impl.positions.data(), impl.out.data(), kernels::NumTiles(impl.num_samples));
  });
}

void HashGrid::Step(const AdamOptions& options) {
  const std::span<const nn::FieldGradient> none;  // Backward has added them
  nn::StepField({&impl_->grid, {}}, none, KernelStep(options, ++impl_->step));
}

struct Mlp::Impl {
  Impl(const std::vector<int>& widths, uint64_t seed, bool bias) : mlp("mlp", widths, 0, seed, {.bias = bias}) {
    mlp.params().PrepareTraining();
  }
  sanerf::nn::Mlp mlp;
  int64_t num_samples = 0, step = 0;
  nn::Buffer x, hidden, out, grad_x;
  std::vector<nn::Buffer> grad_weights, scratch;  // of a chunk
};

Mlp::Mlp(const std::vector<int>& widths, uint64_t seed, bool bias)
    : impl_(std::make_unique<Impl>(widths, seed, bias)) {}
Mlp::~Mlp() = default;
Mlp::Mlp(Mlp&&) noexcept = default;
Mlp& Mlp::operator=(Mlp&&) noexcept = default;

int Mlp::num_inputs() const { return impl_->mlp.num_inputs(); }
int Mlp::num_outputs() const { return impl_->mlp.num_outputs(); }
std::span<float> Mlp::parameters() { return impl_->mlp.params().values.span(); }
std::span<const float> Mlp::gradients() const { return std::as_const(impl_->mlp).params().grads.span(); }

void Mlp::Forward(std::span<const float> x, std::span<float> out) {
  Impl& impl = *impl_;
  impl.num_samples = NumSamples(x, num_inputs(), "x");
  CheckSize(out, impl.num_samples, num_outputs(), "out");
  const int64_t num_tiles = kernels::NumTiles(impl.num_samples);
  const int hidden_width = impl.mlp.shape().HiddenWidth();
  ToTiles(x, num_inputs(), impl.num_samples, &impl.x);
  impl.hidden.Reserve(num_tiles * kTile * hidden_width);
  impl.out.Reserve(num_tiles * kTile * num_outputs());
  ParallelFor(NumChunks(num_tiles), [&](int64_t chunk) {
    const int64_t first = chunk * kTilesPerChunk * kTile;
    impl.mlp.Forward(impl.x.data() + first * num_inputs(), TilesIn(chunk, num_tiles),
                     impl.hidden.data() + first * hidden_width, impl.out.data() + first * num_outputs());
  });
  FromTiles(impl.out, num_outputs(), impl.num_samples, out);
}

void Mlp::Backward(std::span<const float> grad_out, std::span<float> grad_x) {
  Impl& impl = *impl_;
  if (impl.num_samples == 0) throw UsageError("Mlp::Backward comes after Forward");
  CheckSize(grad_out, impl.num_samples, num_outputs(), "grad_out");
  if (!grad_x.empty()) CheckSize(grad_x, impl.num_samples, num_inputs(), "grad_x");
  const int64_t num_tiles = kernels::NumTiles(impl.num_samples), num_chunks = NumChunks(num_tiles);
  const int hidden_width = impl.mlp.shape().HiddenWidth();
  ToTiles(grad_out, num_outputs(), impl.num_samples, &impl.out);
  impl.grad_x.Reserve(num_tiles * kTile * num_inputs());
  if (int64_t(impl.grad_weights.size()) < num_chunks) {
    impl.grad_weights.resize(size_t(num_chunks));
    impl.scratch.resize(size_t(num_chunks));
  }
  const int64_t num_weights = impl.mlp.params().size();
  ParallelFor(num_chunks, [&](int64_t chunk) {
    nn::Buffer& weights = impl.grad_weights[size_t(chunk)];
    if (weights.size() == num_weights)
      weights.Fill(0);
    else
      weights = nn::Buffer(num_weights);
    const int64_t first = chunk * kTilesPerChunk * kTile;
    impl.mlp.Backward(impl.x.data() + first * num_inputs(), impl.hidden.data() + first * hidden_width,
                      impl.out.data() + first * num_outputs(), TilesIn(chunk, num_tiles),
                      grad_x.empty() ? nullptr : impl.grad_x.data() + first * num_inputs(), weights.data(),
                      impl.scratch[size_t(chunk)].Reserve(impl.mlp.ScratchSize()));
  });
  nn::Buffer& grads = impl.mlp.params().grads;  // summed in a fixed order
  for (int64_t chunk = 0; chunk < num_chunks; ++chunk)
    for (int64_t i = 0; i < num_weights; ++i) grads[i] += impl.grad_weights[size_t(chunk)][i];
  if (!grad_x.empty()) FromTiles(impl.grad_x, num_inputs(), impl.num_samples, grad_x);
}

void Mlp::Step(const AdamOptions& options) {
  nn::StepParameters(&impl_->mlp.params(), KernelStep(options, ++impl_->step));
}

}  // namespace sanerf::api
